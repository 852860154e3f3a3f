using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>
/// A real Prometheus that reads servers by the shipped rules, and the real Alertmanager that it notifies. The rules are accelerated: each
/// <c>for</c> is a second and each window six (<see cref="InAHurry"/>); <see cref="AlertTests"/> checks them as they are shipped.
/// </summary>
internal sealed class Monitoring : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly Daemon prometheus;
    private readonly Daemon alertmanager;
    private readonly HttpClient http;

    private Monitoring(int[] targets)
    {
        var (port, alerts) = (Ports.Free(), Ports.Free());
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{alerts}/") };
        folder.Write("rules.yaml", InAHurry(AlertTests.RulesFile()));
        var settings = folder.Write("prometheus.yaml", $$"""
            global: { scrape_interval: 500ms, evaluation_interval: 500ms }
            rule_files: [rules.yaml]
            alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:{{alerts}}'] }] }] }
            scrape_configs: [{ job_name: kubeidp, static_configs: [{
              targets: [{{string.Join(", ", targets.Select(target => $"'127.0.0.1:{target}'"))}}] }] }]
            """);
        prometheus = new Daemon(folder.Path, Programs.Required("/usr/bin/prometheus"),
            [$"--config.file={settings}", $"--storage.tsdb.path={folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}"],
            "127.0.0.1", [port]);
        var routes = folder.Write("alertmanager.yaml", "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n");
        alertmanager = new Daemon(
            folder.Path, Programs.Required("/usr/bin/prometheus-alertmanager"),
            [$"--config.file={routes}", $"--storage.path={folder.File("alerts")}", $"--web.listen-address=127.0.0.1:{alerts}",
                "--cluster.listen-address="], "127.0.0.1", [alerts]);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="targets">The management ports of servers, which need not run.</param>
    public static async Task<Monitoring> StartAsync(params int[] targets)
    {
        var monitoring = new Monitoring(targets);
        try
        {
            await Task.WhenAll(monitoring.prometheus.StartAsync(Ct), monitoring.alertmanager.StartAsync(Ct));
            return monitoring;
        }
        catch
        {
            await monitoring.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the Alertmanager has all of these alerts.</summary>
    /// <param name="cause">Done again and again meanwhile; null: it lasts by itself.</param>
    public Task WaitForAsync(string[] alerts, Func<Task>? cause = null) => WaitAsync(alerts, raised: true, cause);

    /// <summary>Waits until the Alertmanager has none of these alerts any more.</summary>
    public Task WaitForEndOfAsync(string[] alerts, Func<Task>? remedy = null) => WaitAsync(alerts, raised: false, remedy);

    /// <summary>What those on call read of an alert that is raised now.</summary>
    public async Task<IReadOnlyList<string>> SummariesOfAsync(string alert) =>
        [.. (await ActiveAsync()).Where(one => one.Name == alert).Select(one => one.Summary)];

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await prometheus.DisposeAsync();
        await alertmanager.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Seconds for minutes, or nobody could wait for it. Thresholds stay.</summary>
    private static string InAHurry(string rules)
    {
        var soon = Regex.Replace(rules, @"\bfor: \d+[mh]\b", "for: 1s");
        return Regex.Replace(Regex.Replace(soon, @"\[\d+[mh]\]", "[6s]"), @"\boffset \d+[mh]\b", "offset 6s");
    }

    private async Task WaitAsync(string[] alerts, bool raised, Func<Task>? meanwhile)
    {
        List<string> active = [];
        for (var since = Stopwatch.StartNew(); since.Elapsed < Timeout; await Task.Delay(TimeSpan.FromMilliseconds(250), Ct))
        {
            if (meanwhile is not null) await meanwhile();
            active = [.. (await ActiveAsync()).Select(one => one.Name)];
            if (alerts.All(alert => active.Contains(alert) == raised)) return;
        }

        var missed = string.Join(", ", alerts.Where(alert => active.Contains(alert) != raised));
        Assert.Fail($"{missed} {(raised ? "did not come" : "did not go")}. There are: {string.Join(", ", active)}.");
    }

    private async Task<IReadOnlyList<(string Name, string Summary)>> ActiveAsync()
    {
        try
        {
            using var answer = JsonDocument.Parse(await http.GetStringAsync("api/v2/alerts?active=true", Ct));
            return [.. answer.RootElement.EnumerateArray()
                .Select(alert =>
                    (alert.GetProperty("labels").GetProperty("alertname").GetString()!,
                        alert.GetProperty("annotations").GetProperty("summary").GetString()!))];
        }
        catch (HttpRequestException)
        {
            // It listens before it is ready.
            return [];
        }
    }
}
