using System.Diagnostics.Metrics;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tls;

namespace KubeIdP.Server.Operations;

/// <summary>What is so, rather than what happens: live sessions, facts that wait for their seal, the age of keys, the end of the certificate. Instruments of the meter <c>KubeIdP.State</c>.</summary>
internal sealed class StateMetrics : BackgroundJob
{
    /// <summary>What the database has to be asked for is not for every scrape of everybody.</summary>
    private static readonly TimeSpan CountEvery = TimeSpan.FromMinutes(1);

    private readonly Database database;
    private readonly ILogger<StateMetrics> log;
    private Counted? counted;

    public StateMetrics(IMeterFactory meters, Database database, SigningKeys keys, IServiceProvider services, ListenUrls listen, JobServices jobs, ILogger<StateMetrics> log)
        : base(jobs)
    {
        (this.database, this.log) = (database, log);
        var meter = meters.Create("KubeIdP.State");
        meter.CreateObservableGauge("kubeidp.sessions.live", () => counted is { } now ? [new Measurement<long>(now.LiveSessions)] : Array.Empty<Measurement<long>>(), "{session}",
            "Sessions that have not ended, of all replicas, counted once a minute; absent while the database does not answer.");
        meter.CreateObservableGauge("kubeidp.audit.unsealed.age", () => counted is { } now ? [new Measurement<double>(now.UnsealedFor.TotalSeconds)] : Array.Empty<Measurement<double>>(), "s",
            "How long the oldest fact of the audit has waited for its seal, asked once a minute; absent while the database does not answer.");
        meter.CreateObservableGauge("kubeidp.database.shared", () => database.IsPostgres ? 1 : 0, null, "1 where several replicas can share the database (PostgreSQL), 0 where there can be one alone (SQLite).");
        meter.CreateObservableGauge("kubeidp.signing_key.age", () => keys.InUse.Select(key => new Measurement<double>(
            (Clock.GetUtcNow() - key.CreatedAt).TotalSeconds, new("algorithm", $"{key.Algorithm}"), new("kid", key.KeyId))), "s", "How old the keys are that sign now.");
        if (listen.HasHttps)
        {
            meter.CreateObservableGauge("kubeidp.certificate.remaining", () => (services.GetRequiredService<ServerCertificates>().Current.Leaf.NotAfter.ToUniversalTime() - Clock.GetUtcNow().UtcDateTime).TotalSeconds,
                "s", "How long the TLS certificate in use is still valid.");
        }
    }

    protected override TimeSpan PauseAfterFailure => CountEvery;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        try
        {
            counted = await CountAsync(stop);
            return CountEvery;
        }
        catch
        {
            counted = null;
            throw;
        }
    }

    protected override void LogFailure(Exception fault) => log.SessionsNotCounted(fault.GetBaseException().Message);

    private async Task<Counted> CountAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT (SELECT count(*) FROM sessions WHERE ended_at IS NULL AND ends_at > {database.Now}), {database.Now} - coalesce((SELECT min(at) FROM audit_events WHERE seal IS NULL), {database.Now})
            """);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        // Moments are the database's, and a fact's may be of a clock that goes ahead of it.
        return new Counted(row.GetInt64(0), TimeSpan.FromMilliseconds(Math.Max(0, row.GetInt64(1))));
    }

    private sealed record Counted(long LiveSessions, TimeSpan UnsealedFor);
}
