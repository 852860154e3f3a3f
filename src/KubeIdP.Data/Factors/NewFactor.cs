using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Factors;

/// <summary>A first factor about to be stored.</summary>
/// <param name="Epoch">The epoch of the login that sets it up; if the person's epoch has changed since, nothing is stored.</param>
/// <param name="EnrolmentCodeHash">
/// The enrolment code that allowed it. It is used up in the same transaction. Null while enrolment is open.
/// </param>
public sealed record NewFactor(PersonId PersonId, FirstFactor First, long Epoch, byte[]? EnrolmentCodeHash)
{
    /// <summary>Until this time, a person of a directory who never had an enrolment code or factor needs no code.</summary>
    public DateTimeOffset? OpenBefore { get; init; }
}
