using System.Collections.Concurrent;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// Reports in log, metrics and audit log when an upstream or one of its servers stops answering, when it answers again, and when its
/// answers are implausible. At most one audit event of each type is appended per <see cref="ReportInterval"/>, upstream or server, and
/// replica.
/// </summary>
internal sealed class UpstreamEvents(AuditLog audit, UpstreamMetrics metrics, UpstreamRemarks remarks, TimeProvider clock,
    ILogger<UpstreamEvents> log)
{
    public static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<ConnectorId, State> states = new();
    private readonly ConcurrentDictionary<(ConnectorId Connector, string Server), State> servers = new();

    /// <param name="operation">The operation: see <see cref="UpstreamMetrics"/>.</param>
    public async Task RecordAnswerAsync(ConnectorId connector, string operation, UpstreamAnswer answer, TimeSpan took, CancellationToken ct)
    {
        metrics.Answered(connector, operation, answer, took);
        if (answer is UpstreamAnswer.Unreachable(var detail)) await UnreachableAsync(connector, detail, ct);
        else await AnsweredAsync(connector, ct);

        await remarks.RecordAnswerAsync(connector, answer.Remarks, ct);
    }

    public async Task ServerChangedAsync(ConnectorId connector, UpstreamServer server, CancellationToken ct)
    {
        var state = servers.GetOrAdd((connector, server.Name), _ => new State());
        if (server.State == UpstreamServerState.Answering)
        {
            if (!state.MarkAnswering()) return;

            log.ServerRecovered(connector.Value, server.Name);
            if (state.IsDue(AuditEventType.UpstreamServerRecovered, clock.GetUtcNow()))
                await RecordAsync(AuditEventType.UpstreamServerRecovered, connector, server.Name, ct);
            return;
        }

        if (server.State == UpstreamServerState.Suspended) log.ServerSuspended(connector.Value, server.Name, server.Error!);
        else log.ServerFailing(connector.Value, server.Name, server.Error!);
        if (state.MarkSilent()) metrics.ServerFailed(connector, server);
        if (state.IsDue($"{AuditEventType.UpstreamServerFailed} {server.State}", clock.GetUtcNow()))
        {
            var consequence = server.State == UpstreamServerState.Suspended ? "not used for a while" : "other servers are tried before it";
            await RecordAsync(AuditEventType.UpstreamServerFailed, connector, $"{server.Name}, {consequence}: {server.Error}", ct);
        }
    }

    public async Task UnreachableAsync(ConnectorId connector, string detail, CancellationToken ct)
    {
        var state = StateOf(connector);
        if (state.MarkSilent()) log.UpstreamUnreachable(connector.Value, detail);
        if (state.IsDue(AuditEventType.UpstreamUnreachable, clock.GetUtcNow()))
            await RecordAsync(AuditEventType.UpstreamUnreachable, connector, detail, ct);
    }

    public async Task ImplausibleAsync(ConnectorId connector, CancellationToken ct)
    {
        metrics.Implausible(connector);
        if (!StateOf(connector).IsDue(AuditEventType.UpstreamDisappearance, clock.GetUtcNow())) return;

        log.PeopleDisappear(connector.Value);
        await RecordAsync(AuditEventType.UpstreamDisappearance, connector, "many people are gone or without groups at once", ct);
    }

    private async Task AnsweredAsync(ConnectorId connector, CancellationToken ct)
    {
        var state = StateOf(connector);
        if (!state.MarkAnswering()) return;

        log.UpstreamRecovered(connector.Value);
        if (state.IsDue(AuditEventType.UpstreamRecovered, clock.GetUtcNow()))
            await RecordAsync(AuditEventType.UpstreamRecovered, connector, null, ct);
    }

    private State StateOf(ConnectorId connector) => states.GetOrAdd(connector, _ => new State());

    private Task RecordAsync(string type, ConnectorId connector, string? detail, CancellationToken ct) =>
        audit.AppendAsync(
            new NewAuditEvent(type) { Actor = Actor.Issuer.Name, Detail = detail is null ? connector.Value : $"{connector}: {detail}" },
            ct);

    private sealed class State
    {
        private readonly ConcurrentDictionary<string, DateTimeOffset> written = new(StringComparer.Ordinal);
        private int silent;

        /// <summary>Returns true for the first call after it answered.</summary>
        public bool MarkSilent() => Interlocked.Exchange(ref silent, 1) == 0;

        /// <summary>Returns true for the first call after it was silent.</summary>
        public bool MarkAnswering() => Interlocked.Exchange(ref silent, 0) == 1;

        public bool IsDue(string type, DateTimeOffset now)
        {
            while (true)
            {
                if (written.TryAdd(type, now)) return true;
                if (!written.TryGetValue(type, out var last)) continue;
                if (now - last < ReportInterval) return false;
                if (written.TryUpdate(type, now, last)) return true;
            }
        }
    }
}
