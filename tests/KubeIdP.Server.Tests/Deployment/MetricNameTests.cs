using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>What alerts and dashboard ask, asked of a real Prometheus that reads a real server: names and labels are what the server exposes.</summary>
public sealed class MetricNameTests : IDisposable
{
    /// <summary>It takes a dozen people who vanish, and a domain controller; that they are measured is a test of the directories.</summary>
    private static readonly string[] Rare = ["kubeidp_directory_implausible_total", "kubeidp_directory_password_remaining_seconds"];

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
            clients:
              kubernetes: { tokenReview: { secretHash: "{{ClientSecret.HashOf("the-credential-of-the-API-server")}}" } }
            directories:
              corp: { servers: ["ldap://127.0.0.1:1"], plainText: onLoopback, bindDn: "cn=reader,dc=kube,dc=test", bindPassword: any, users: { base: "dc=kube,dc=test" } }
            """);
        await issuer.StartAsync(Ct);
        await LiveThroughADayAsync(issuer);

        var port = Ports.Free();
        await using var prometheus = Prometheus(port, management);
        await prometheus.StartAsync(Ct);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        await WaitAsync(http);
        foreach (var (where, expression) in Expressions()) await AssertAnswersAsync(http, where, expression);
    }

    private static async Task LiveThroughADayAsync(IssuerProcess issuer)
    {
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var first = await kubectl.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct, "platform"), Ct);
        var second = (await kubectl.RefreshPatientlyAsync(first.RefreshToken!, Ct)).Succeeded();
        (await kubectl.RefreshPatientlyAsync(second.RefreshToken!, Ct)).Succeeded();
        Assert.False((await kubectl.RefreshPatientlyAsync(first.RefreshToken!, Ct)).IsSuccess);

        // Somebody in too many groups, somebody of a directory that is down, somebody with a wrong password.
        var many = await issuer.AddAccountAsync("many", Ct, [.. Enumerable.Range(0, 100).Select(number => $"a-group-with-a-long-name-{number}")]);
        using var other = issuer.CreateBrowser();
        Assert.False((await kubectl.RedeemAsync(await kubectl.SignInAsync(other, many, Ct), Ct)).IsSuccess);
        foreach (var (name, directory) in ((string, string)[])[("bob", "corp"), ("alice", "Local accounts")])
        {
            using var stranger = issuer.CreateBrowser();
            await (await stranger.GoAsync($"{issuer.Issuer.AbsolutePath}/account", Ct)).Fill("Your account is in", directory).Fill("Username", name).Fill("Password", "not the password").PressAsync("Sign in", Ct);
        }
    }

    private Daemon Prometheus(int port, int target)
    {
        var file = folder.Write("prometheus.yaml", $"scrape_configs: [{{ job_name: kubeidp, scrape_interval: 1s, static_configs: [{{ targets: ['127.0.0.1:{target}'] }}] }}]\n");
        return new Daemon(folder.Path, Programs.Required("/usr/bin/prometheus"), [$"--config.file={file}", $"--storage.tsdb.path={folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}"], "127.0.0.1", [port]);
    }

    private static async Task WaitAsync(HttpClient prometheus)
    {
        for (var since = Stopwatch.StartNew(); since.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(TimeSpan.FromMilliseconds(250), Ct))
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

        var selectors = Regex.Matches(asked, @"\b([a-z][a-z0-9_]+)\{([^}]*)\}");
        Assert.NotEmpty(selectors);
        var labels = new HashSet<string>(StringComparer.Ordinal) { "le" };
        foreach (Match selector in selectors)
        {
            var name = selector.Groups[1].Value;
            if (Rare.Contains(name)) return;

            var series = await AskAsync(prometheus, $"series?match[]={Uri.EscapeDataString($"{name}{{job=\"kubeidp\"}}")}");
            Assert.True(series.GetArrayLength() > 0, $"{where}: the server exposes no {name}.");
            labels.UnionWith(series.EnumerateArray().SelectMany(one => one.EnumerateObject().Select(label => label.Name)));
            foreach (Match matcher in Regex.Matches(selector.Groups[2].Value, @"(\w+)\s*(=~?)\s*""([^""]*)"""))
            {
                Assert.True(labels.Contains(matcher.Groups[1].Value), $"{where}: {name} has no label {matcher.Groups[1].Value}.");
                if (matcher.Groups[1].Value is not ("http_route" or "job")) continue;
                Assert.True((await AskAsync(prometheus, $"series?match[]={Uri.EscapeDataString($"{name}{{{matcher.Value}}}")}")).GetArrayLength() > 0, $"{where}: nothing is {matcher.Value}.");
            }
        }

        foreach (var label in Regex.Matches(asked, @"by \(([^)]+)\)").SelectMany(by => by.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)))
            Assert.True(labels.Contains(label), $"{where}: there is no label {label}.");
    }

    private static IEnumerable<(string Where, string Expression)> Expressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.File("deploy/kustomize/components/monitoring/dashboard.json")));
        return
        [
            .. AlertTests.Alerts().Select(alert => (alert.Name, alert.Expression)),
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()
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
