using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Factors;

/// <summary>
/// A kind of factor, as used by the login. Counting attempts, recording refusals and checking the epoch are the same for all kinds and are
/// done by the caller.
/// </summary>
internal interface IFactorKind : IFactorPage
{
    /// <summary>The text of the link to its page, on the page of another kind.</summary>
    string LinkText { get; }

    /// <summary>
    /// Checks the entered answer, after the attempt was counted. A right answer is used up by a statement of the kind's own store that also
    /// checks the epoch of the attempt: of two that arrive at the same time only one is accepted, and none after the epoch has changed.
    /// </summary>
    /// <param name="attempt">The person, and where the attempt came from.</param>
    /// <param name="factors">The person's factors of this kind that are rows of <c>factors</c>.</param>
    /// <param name="answer">As it was sent; null when the field was missing.</param>
    /// <param name="ct">Cancels the check.</param>
    Task<FactorVerdict> VerifyAsync(FactorAttempt attempt, IReadOnlyList<StoredFactor> factors, string? answer, CancellationToken ct);
}
