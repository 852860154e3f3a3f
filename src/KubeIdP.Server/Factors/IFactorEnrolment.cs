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
    Task<string> BeginAsync(EnrollingPerson person, CancellationToken ct);

    /// <summary>What the page shows of it.</summary>
    FactorForm FormOf(string pending, EnrollingPerson person);

    /// <summary>
    /// The factor, with its state protected for this row and person; null when the answer is wrong. The caller counts the attempts, and
    /// stores the factor with statements that accept one confirmation of each beginning.
    /// </summary>
    /// <param name="pending">What <see cref="BeginAsync"/> returned for this person.</param>
    /// <param name="person">The same person.</param>
    /// <param name="answer">As it was sent; null when the field was missing.</param>
    /// <param name="factorId">The id of its row.</param>
    /// <param name="name">What the person calls it.</param>
    /// <param name="ct">Cancels the check.</param>
    Task<ConfirmedFactor?> ConfirmAsync(
        string pending, EnrollingPerson person, string? answer, string factorId, string name, CancellationToken ct);
}
