using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors;

/// <summary>
/// A kind that a person sets up: shown, confirmed by a first answer, then stored. The pages that do so are the same for all kinds.
/// </summary>
internal interface IFactorEnrolment : IFactorKind
{
    /// <summary>What its factors are called in lists, and where one is added.</summary>
    FactorWords Words { get; }

    /// <summary>A new factor before it is confirmed, as text. The page keeps it, protected; nothing is stored.</summary>
    string Begin();

    /// <summary>What a person is shown of it.</summary>
    FactorForm FormOf(string pending, string username);

    /// <summary>
    /// The factor, its state protected for this row and person; null when the answer is wrong. Counting the tries is for the caller.
    /// </summary>
    ConfirmedFactor? Confirm(string pending, string? answer, string factorId, PersonId personId, string name);
}
