using System.Diagnostics.Metrics;
using KubeIdP.Data.Reports;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Tls;

namespace KubeIdP.Server.Operations;

/// <summary>
/// Gauges of the meter <c>KubeIdP.State</c>: live sessions, audit events that wait for a checkpoint, the age of keys, the time left of the
/// certificate.
/// </summary>
internal sealed class StateMetrics : BackgroundJob
{
    /// <summary>Values from the database are not queried for every scrape.</summary>
    private static readonly TimeSpan CountInterval = TimeSpan.FromMinutes(1);

    private readonly ReportStore reports;
    private readonly ILogger<StateMetrics> log;
    private StateCounts? counted;

    public StateMetrics(
        IMeterFactory meters, Database database, ReportStore reports, SigningKeys keys, IServiceProvider services, ListenUrls listen,
        JobServices jobs,
        ILogger<StateMetrics> log)
        : base(jobs)
    {
        (this.reports, this.log) = (reports, log);
        var meter = meters.Create("KubeIdP.State");
        meter.CreateObservableGauge("kubeidp.sessions.live",
            () => counted is { } now ? [new Measurement<long>(now.LiveSessions)] : Array.Empty<Measurement<long>>(), "{session}",
            "Live sessions of all replicas, counted once a minute; absent while the database does not answer.");
        meter.CreateObservableGauge("kubeidp.audit.uncovered.age",
            () => counted is { } now ? [new Measurement<double>(now.UncoveredFor.TotalSeconds)] : Array.Empty<Measurement<double>>(), "s",
            "How long the oldest audit event has waited for a checkpoint, read once a minute; absent while the database does not answer.");
        meter.CreateObservableGauge("kubeidp.database.shared", () => database.IsPostgres ? 1 : 0, null,
            "1 if several replicas can share the database (PostgreSQL), 0 if there can be only one (SQLite).");
        meter.CreateObservableGauge("kubeidp.signing_key.age", () => keys.InUse.Select(key => new Measurement<double>(
            (Clock.GetUtcNow() - key.CreatedAt).TotalSeconds, new("algorithm", $"{key.Algorithm}"), new("kid", key.KeyId))), "s",
            "Age of the keys that sign now.");
        if (listen.HasHttps)
        {
            meter.CreateObservableGauge("kubeidp.certificate.remaining",
                () => (services.GetRequiredService<ServerCertificates>().Current.Leaf.NotAfter.ToUniversalTime()
                    - Clock.GetUtcNow().UtcDateTime).TotalSeconds,
                "s", "How long the TLS certificate in use is still valid.");
        }
    }

    protected override TimeSpan PauseAfterFailure => CountInterval;

    protected override async Task<TimeSpan?> RunAsync(CancellationToken stop)
    {
        try
        {
            counted = await reports.CountAsync(stop);
            return CountInterval;
        }
        catch
        {
            counted = null;
            throw;
        }
    }

    protected override void LogFailure(Exception fault) => log.SessionsNotCounted(fault.GetBaseException().Message);
}
