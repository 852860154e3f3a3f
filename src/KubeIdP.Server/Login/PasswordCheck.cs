using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Login;

/// <summary>Has a connector check a password, and measures and reports how it answers.</summary>
internal sealed class PasswordCheck(
    ConnectorCatalog connectors, LocalConnector local, UpstreamEvents events, PasswordTimes times, TimeProvider clock)
{
    /// <inheritdoc cref="IPasswordConnector.AuthenticateAsync"/>
    public async Task<UpstreamAnswer> AskAsync(ConnectorId id, string username, string password, Func<TriedAccount, Task<bool>> mayTry,
        CancellationToken ct)
    {
        if (id == ConnectorId.Local) return await local.AuthenticateAsync(username, password, mayTry, ct);
        if (connectors.Find<IPasswordConnector>(id) is not { } connector)
            throw new InvalidOperationException($"{id} does not accept passwords.");

        // The time spent waiting for the throttle must not count as response time of the upstream.
        var (start, waited) = (clock.GetTimestamp(), TimeSpan.Zero);
        var answer = await connector.AuthenticateAsync(username, password, TimedAsync, ct);
        var took = clock.GetElapsedTime(start) - waited;
        if (answer is not (UpstreamAnswer.Unreachable or UpstreamAnswer.Refused { Reason: Refusal.Delayed })) times.Record(id, took);
        await events.RecordAnswerAsync(id, "login", answer, took, ct);
        return answer;

        async Task<bool> TimedAsync(TriedAccount account)
        {
            var began = clock.GetTimestamp();
            var may = await mayTry(account);
            waited += clock.GetElapsedTime(began);
            return may;
        }
    }
}
