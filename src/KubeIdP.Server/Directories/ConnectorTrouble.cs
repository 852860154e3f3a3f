using System.Collections.Concurrent;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Directories;

/// <summary>
/// Says in log and audit when a directory stops answering, when it answers again, and when its answers can't be true. Bounded: of each of these one row in
/// <see cref="Quiet"/> for each directory and replica, however often it comes and goes.
/// </summary>
internal sealed class ConnectorTrouble(AuditLog audit, TimeProvider clock, ILogger<ConnectorTrouble> log)
{
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<ConnectorId, State> states = new();

    public async Task UnreachableAsync(ConnectorId connector, string detail, CancellationToken ct)
    {
        var state = StateOf(connector);
        if (state.Silence()) log.DirectoryUnreachable(connector.Value, detail);
        if (state.IsDue(AuditEventType.DirectoryUnreachable, clock.GetUtcNow())) await RecordAsync(AuditEventType.DirectoryUnreachable, connector, detail, ct);
    }

    public async Task AnsweredAsync(ConnectorId connector, CancellationToken ct)
    {
        var state = StateOf(connector);
        if (!state.Answer()) return;

        log.DirectoryRecovered(connector.Value);
        if (state.IsDue(AuditEventType.DirectoryRecovered, clock.GetUtcNow())) await RecordAsync(AuditEventType.DirectoryRecovered, connector, null, ct);
    }

    public async Task ImplausibleAsync(ConnectorId connector, CancellationToken ct)
    {
        if (!StateOf(connector).IsDue(AuditEventType.DirectoryDisappearance, clock.GetUtcNow())) return;

        log.PeopleDisappear(connector.Value);
        await RecordAsync(AuditEventType.DirectoryDisappearance, connector, "many people are gone or without groups at once", ct);
    }

    private State StateOf(ConnectorId connector) => states.GetOrAdd(connector, _ => new State());

    private Task RecordAsync(string type, ConnectorId connector, string? detail, CancellationToken ct) =>
        audit.AppendAsync(new AuditEntry(type) { Actor = Actor.Issuer.Name, Detail = detail is null ? connector.Value : $"{connector}: {detail}" }, ct);

    private sealed class State
    {
        private readonly ConcurrentDictionary<string, DateTimeOffset> written = new(StringComparer.Ordinal);
        private int silent;

        /// <summary>True for the first who gets no answer.</summary>
        public bool Silence() => Interlocked.Exchange(ref silent, 1) == 0;

        /// <summary>True for the first who gets one again.</summary>
        public bool Answer() => Interlocked.Exchange(ref silent, 0) == 1;

        public bool IsDue(string type, DateTimeOffset now)
        {
            while (true)
            {
                if (written.TryAdd(type, now)) return true;
                if (!written.TryGetValue(type, out var last)) continue;
                if (now - last < Quiet) return false;
                if (written.TryUpdate(type, now, last)) return true;
            }
        }
    }
}
