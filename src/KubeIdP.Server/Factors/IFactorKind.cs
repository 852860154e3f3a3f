using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;

namespace KubeIdP.Server.Factors;

/// <summary>
/// A kind of factor as the login needs it. What lies above is the same for all of them: the tries are counted, refusals audited, the epoch
/// is checked.
/// </summary>
internal interface IFactorKind : IFactorPage
{
    /// <summary>The words of the link to its page, on the page of another kind.</summary>
    string LinkText { get; }

    /// <summary>
    /// Looks at what somebody entered, after the try was counted. A right answer is used up, by a statement that also checks the epoch of
    /// the try: of two that arrive together one is right, and none after the epoch has moved on.
    /// </summary>
    /// <param name="attempt">Whose it is.</param>
    /// <param name="factors">The person's factors of this kind, as far as they are rows of <c>factors</c>.</param>
    /// <param name="answer">As it came; null when the field was missing.</param>
    /// <param name="ct">Ends the look.</param>
    Task<FactorVerdict> VerifyAsync(FactorTry attempt, IReadOnlyList<StoredFactor> factors, string? answer, CancellationToken ct);
}
