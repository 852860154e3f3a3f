using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors;

/// <summary>
/// A kind that people set up: the new factor is shown, confirmed by a first answer, then stored. All kinds use the same pages for this.
/// </summary>
internal interface IFactorEnrolment : IFactorKind
{
    /// <summary>The texts for lists of its factors and for the page that adds one.</summary>
    FactorTexts Words { get; }

    /// <summary>A new factor before it is confirmed, as text. The page contains it, protected; the server stores nothing.</summary>
    string Begin();

    /// <summary>What the page shows of it.</summary>
    FactorForm FormOf(string pending, string username);

    /// <summary>
    /// The factor, with its state protected for this row and person; null when the answer is wrong. The caller counts the attempts.
    /// </summary>
    ConfirmedFactor? Confirm(string pending, string? answer, string factorId, PersonId personId, string name);
}
