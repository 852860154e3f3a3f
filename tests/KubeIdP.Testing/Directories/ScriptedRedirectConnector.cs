using KubeIdP.Core.Upstreams;

namespace KubeIdP.Testing.Directories;

/// <summary>
/// An upstream on whose own page people sign in. It stands in for a connector where a test is about what the issuer offers because of the
/// ability.
/// </summary>
public sealed class ScriptedRedirectConnector(string id) : IRedirectConnector
{
    public ConnectorId Id { get; } = new(id);

    public Task<RedirectStart> BeginAsync(RedirectAttempt attempt, CancellationToken ct) =>
        Task.FromResult<RedirectStart>(new RedirectStart.Unreachable("it only stands in for one"));

    public Task<UpstreamAnswer> CompleteAsync(
        RedirectAttempt attempt, string secret, IReadOnlyDictionary<string, string> returned, CancellationToken ct) =>
        Task.FromResult<UpstreamAnswer>(new UpstreamAnswer.Unreachable("it only stands in for one"));
}
