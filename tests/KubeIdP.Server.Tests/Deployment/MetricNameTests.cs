using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>
/// What alerts and dashboard ask, asked of a real Prometheus that reads a real server: names and labels are what the server exposes.
/// </summary>
public sealed class MetricNameTests : IDisposable
{
    /// <summary>Only a domain controller tells it; that it is measured is a test of the directories.</summary>
    private const string OfADomainController = "kubeidp_upstream_password_remaining_seconds";

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Alerts_and_dashboard_ask_for_what_there_is()
    {
        var management = Ports.Free();
        await using var issuer = new IssuerProcess($$"""
            {{Replicas.Configuration(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct), Replicas.NewMasterKey())}}
            management: { listen: "http://127.0.0.1:{{management}}" }
            tokens: { maxIdTokenSize: 2048 }
            clusters:
              kubernetes: { tokenReview: { secretHash: "{{ClientSecret.HashOf("the-credential-of-the-API-server")}}" } }
            upstreams:
              corp: { kind: ldap, servers: ["ldap://127.0.0.1:1"], plainText: onLoopback,
                bindDn: "cn=reader,dc=kube,dc=test", bindPassword: any, users: { base: "dc=kube,dc=test" } }
            """);
        await issuer.StartAsync(Ct);
        await AssertThereFromTheStartAsync(management);
        await LiveThroughADayAsync(issuer);

        var port = Ports.Free();
        await using var prometheus = Prometheus(port, management);
        await prometheus.StartAsync(Ct);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        await WaitAsync(http);
        foreach (var (where, expression) in Expressions()) await AssertAnswersAsync(http, where, expression);
    }

    /// <summary>
    /// A series that comes with its first event begins at 1, which Prometheus does not count. A quantile of what has not happened is
    /// nothing, so of the durations and sizes on the dashboard alone there are no series yet.
    /// </summary>
    private static async Task AssertThereFromTheStartAsync(int management)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{management}/") };
        List<string> missing;
        var since = Stopwatch.StartNew();
        do missing = MissingIn(await http.GetStringAsync("metrics", Ct));
        while (missing is not [] && since.Elapsed < TimeSpan.FromSeconds(10));

        Assert.True(missing is [], string.Join('\n', missing));
    }

    private static List<string> MissingIn(string metrics)
    {
        var series = Regex.Matches(metrics, @"^(\w+)(?:\{([^}]*)\})? (\S+)", RegexOptions.Multiline)
            .Select(line =>
                (Name: line.Groups[1].Value, Labels: LabelsOf(line.Groups[2].Value).ToDictionary(label => label.Name, label => label.Value),
                    Value: line.Groups[3].Value)).ToList();
        var missing = new List<string>();
        foreach (var (where, expression) in Expressions())
        foreach (var (name, matchers) in SelectorsOf(expression))
        {
            if (name is "up" or OfADomainController || name.EndsWith("_bucket", StringComparison.Ordinal)) continue;

            // A regular expression of alternatives means each of them.
            var wanted = matchers.Where(matcher => matcher.Name != "job")
                .SelectMany(matcher => matcher.Value.Split('|').Select(value => (matcher.Name, Value: value)))
                .ToLookup(one => one.Name, one => one.Value);
            var found = series.Where(one => one.Name == name
                && wanted.All(label => label.Any(value => Regex.IsMatch(one.Labels.GetValueOrDefault(label.Key, ""), $"^{value}$"))))
                .ToList();
            if (found is []
                || wanted.Any(label => label.Any(value => !found.Exists(one => Regex.IsMatch(one.Labels[label.Key], $"^{value}$")))))
                missing.Add($"{where}: there is no {name} for {expression}");

            // The readiness probe is repeated until the start is over: 503, then 200.
            if (name.StartsWith("kubeidp_", StringComparison.Ordinal) && name.EndsWith("_total", StringComparison.Ordinal))
                missing.AddRange(
                    found.Where(one => one.Value != "0" && !(name == "kubeidp_requests_total" && one.Labels["status"] is ("200" or "503")))
                        .Select(one => $"{where}: {name} begins with {one.Value}"));
        }

        return missing;
    }

    private static IEnumerable<(string Name, List<(string Name, string Value)> Matchers)> SelectorsOf(string expression) =>
        Regex.Matches(expression, @"\b([a-z][a-z0-9_]+)\{([^}]*)\}")
            .Select(selector => (selector.Groups[1].Value, LabelsOf(selector.Groups[2].Value).ToList()));

    private static IEnumerable<(string Name, string Value)> LabelsOf(string text) =>
        Regex.Matches(text, @"(\w+)=~?""([^""]*)""").Select(label => (label.Groups[1].Value, label.Groups[2].Value));

    private static async Task LiveThroughADayAsync(IssuerProcess issuer)
    {
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var first = await kubectl.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct, "platform"), Ct);
        var second = (await kubectl.RefreshPatientlyAsync(first.RefreshToken!, Ct)).Succeeded();
        (await kubectl.RefreshPatientlyAsync(second.RefreshToken!, Ct)).Succeeded();
        Assert.False((await kubectl.RefreshPatientlyAsync(first.RefreshToken!, Ct)).IsSuccess);

        // Somebody in too many groups, somebody of a directory that is down, somebody with a wrong password.
        var many = await issuer.AddAccountAsync("many", Ct,
            [.. Enumerable.Range(0, 100).Select(number => $"a-group-with-a-long-name-{number}")]);
        using var other = issuer.CreateBrowser();
        other.StopAt = kubectl.IsOurs;
        Assert.Equal("access_denied", (await many.SignInAsync(other, new Uri(kubectl.AuthorizeUrl()), Ct)).RedirectParameters["error"]);
        foreach (var (name, directory) in ((string, string)[])[("bob", "corp"), ("alice", "Local accounts")])
        {
            using var stranger = issuer.CreateBrowser();
            await (await stranger.GoAsync($"{issuer.Issuer.AbsolutePath}/account", Ct)).Fill("Your account is in", directory)
                .Fill("Username", name).Fill("Password", "not the password").PressAsync("Sign in", Ct);
        }
    }

    private Daemon Prometheus(int port, int target)
    {
        var file = folder.Write("prometheus.yaml",
            $"scrape_configs: [{{ job_name: kubeidp, scrape_interval: 1s, static_configs: [{{ targets: ['127.0.0.1:{target}'] }}] }}]\n");
        return new Daemon(folder.Path, Programs.Required("/usr/bin/prometheus"),
            [$"--config.file={file}", $"--storage.tsdb.path={folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}"], "127.0.0.1",
            [port]);
    }

    private static async Task WaitAsync(HttpClient prometheus)
    {
        for (var since = Stopwatch.StartNew(); since.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(TimeSpan.FromMilliseconds(250),
            Ct))
        {
            try
            {
                if ((await AskAsync(prometheus, "query?query=count_over_time(up[1h])>=3")).GetArrayLength() > 0) return;
            }
            catch (HttpRequestException)
            {
                // It listens before it is ready.
            }
        }

        throw new TimeoutException("Prometheus has not read the server.");
    }

    private static async Task AssertAnswersAsync(HttpClient prometheus, string where, string expression)
    {
        var asked = expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal);
        await AskAsync(prometheus, $"query?query={Uri.EscapeDataString(asked)}");

        var selectors = SelectorsOf(asked).ToList();
        Assert.NotEmpty(selectors);
        var labels = new HashSet<string>(StringComparer.Ordinal) { "le" };
        foreach (var (name, matchers) in selectors)
        {
            if (name == OfADomainController) return;

            var series = await AskAsync(prometheus, $"series?match[]={Uri.EscapeDataString($"{name}{{job=\"kubeidp\"}}")}");
            Assert.True(series.GetArrayLength() > 0, $"{where}: the server exposes no {name}.");
            labels.UnionWith(series.EnumerateArray().SelectMany(one => one.EnumerateObject().Select(label => label.Name)));
            foreach (var (label, value) in matchers)
            {
                Assert.True(labels.Contains(label), $"{where}: {name} has no label {label}.");
                if (label is not ("http_route" or "job")) continue;
                Assert.True((await AskAsync(prometheus, $"series?match[]={Uri.EscapeDataString($"{name}{{{label}=\"{value}\"}}")}"))
                    .GetArrayLength() > 0, $"{where}: nothing has {label} {value}.");
            }
        }

        foreach (var label in Regex.Matches(asked, @"by \(([^)]+)\)")
            .SelectMany(by => by.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)))
            Assert.True(labels.Contains(label), $"{where}: there is no label {label}.");
    }

    private static IEnumerable<(string Where, string Expression)> Expressions()
    {
        using var dashboard =
            JsonDocument.Parse(File.ReadAllText(Repository.File("deploy/kustomize/components/monitoring/dashboard.json")));
        return
        [
            .. AlertTests.Alerts().Select(alert => (alert.Name, alert.Expression)),
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray()
                .Select(target => (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!))).ToList(),
        ];
    }

    private static async Task<JsonElement> AskAsync(HttpClient prometheus, string path)
    {
        using var answer = await prometheus.GetAsync($"api/v1/{path}", Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"{path}: {text}");
        var data = JsonDocument.Parse(text).RootElement.GetProperty("data");
        return data.ValueKind == JsonValueKind.Array ? data : data.GetProperty("result");
    }
}
