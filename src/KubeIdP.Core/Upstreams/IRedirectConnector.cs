namespace KubeIdP.Core.Upstreams;

/// <summary>
/// Sends the browser to the upstream, where the person signs in, and reads what the browser brings back. It stores nothing between the two
/// calls: the caller stores attempt and secret, protected, in the browser that began, and calls the completion with them at most once.
/// </summary>
public interface IRedirectConnector : IConnector
{
    /// <summary>Returns where to send the browser.</summary>
    /// <param name="ct">Cancels it; nothing has begun at the upstream then.</param>
    Task<RedirectStart> BeginAsync(RedirectAttempt attempt, CancellationToken ct);

    /// <summary>Returns who has signed in. A response that does not belong to exactly this attempt is refused.</summary>
    /// <param name="attempt">
    /// The one that was begun, whose <see cref="RedirectAttempt.State"/> the caller has found in what came back.
    /// </param>
    /// <param name="secret">What <see cref="RedirectStart.Redirect.Secret"/> was then.</param>
    /// <param name="returned">The parameters with which the browser came to <see cref="RedirectAttempt.Callback"/>.</param>
    /// <param name="ct">Cancels it; nobody is known then, and the attempt is used up.</param>
    Task<UpstreamAnswer> CompleteAsync(
        RedirectAttempt attempt, string secret, IReadOnlyDictionary<string, string> returned, CancellationToken ct);
}
