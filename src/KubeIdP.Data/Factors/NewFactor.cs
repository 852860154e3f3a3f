using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Factors;

/// <summary>A first factor about to be stored.</summary>
/// <param name="Epoch">The epoch of the login that sets it up; when the person's has moved on, nothing is stored.</param>
/// <param name="EnrolmentCodeHash">The code that allowed it. It is used up together with the INSERT. Null while enrolment is open.</param>
public sealed record NewFactor(PersonId PersonId, FirstFactor First, long Epoch, byte[]? EnrolmentCodeHash)
{
    /// <summary>Until when a person of a directory, who has had neither code nor factor, needs no code.</summary>
    public DateTimeOffset? OpenBefore { get; init; }
}
