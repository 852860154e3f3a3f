using System.Diagnostics;
using System.Globalization;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.Serialization;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>The alert rules, by Prometheus's own tool: each fires when it should, and not on an ordinary day.</summary>
public sealed class AlertTests : IDisposable
{
    private const string Counted = "0+6x120";
    private const string Quiet = "0x120";

    /// <summary>One event in the life of a replica, five minutes before anybody looks.</summary>
    private const string Once = "0x85 1x34";

    /// <summary>The same, on a replica that Prometheus had not read before.</summary>
    private const string OnceBeforeItWasRead = "_x85 1x34";

    private const string OnceLongAgo = "0x20 1x99";
    private const string Absent = "_x120";

    private readonly TemporaryFolder folder = new();

    /// <summary>What an ordinary day looks like, minute by minute for two hours.</summary>
    private static readonly Dictionary<string, string> Ordinary = new()
    {
        ["""up{job="kubeidp",instance="a"}"""] = "1x120",
        ["""up{job="kubeidp",instance="b"}"""] = "1x120",
        [Ready("a", "database")] = "1x120",
        [Ready("a", "clock")] = "1x120",
        [Ready("b", "database")] = "1x120",
        [Ready("b", "clock")] = "1x120",
        ["""kubeidp_database_shared{job="kubeidp",instance="a"}"""] = "1x120",
        [Requests("200", late: false)] = "0+600x120",
        [Requests("200", late: true)] = "0+3x120",
        [Requests("503", late: false)] = Quiet,
        ["""kubeidp_refreshes_total{job="kubeidp",outcome="postponed"}"""] = Quiet,
        ["""kubeidp_refreshes_total{job="kubeidp",outcome="replayed"}"""] = Quiet,
        ["""kubeidp_refreshes_total{job="kubeidp",outcome="lost_write"}"""] = Quiet,
        ["""kubeidp_device_codes_total{job="kubeidp",outcome="denied"}"""] = "0x60 2x59",
        ["""kubeidp_upstream_server_up{job="kubeidp",upstream="corp",server="dc1"}"""] = "1x120",
        ["""kubeidp_upstream_password_remaining_seconds{job="kubeidp",upstream="corp"}"""] = "2592000x120",
        ["""kubeidp_upstream_implausible_total{job="kubeidp",upstream="corp"}"""] = Quiet,
        ["""kubeidp_logins_total{job="kubeidp",outcome="password_refused"}"""] = "0+6x120",
        ["""kubeidp_id_token_too_large_total{job="kubeidp",client="prod"}"""] = Quiet,
        ["""kubeidp_signing_key_age_seconds{job="kubeidp",algorithm="RS256"}"""] = "7776000x120",
        ["""kubeidp_certificate_remaining_seconds{job="kubeidp",instance="a"}"""] = "2592000x120",
        ["""kubeidp_revocation_knowledge_age_seconds{job="kubeidp",instance="a"}"""] = "0.2x120",
        ["""kubeidp_audit_uncovered_age_seconds{job="kubeidp",instance="a"}"""] = "1x120",
    };

    /// <summary>What is different on the day on which each must fire, and none of the others but <see cref="Together"/>.</summary>
    private static readonly Dictionary<string, (string Series, string Values)[]> Bad = new()
    {
        ["KubeIdPDown"] = [("up{job=\"kubeidp\",instance=\"a\"}", "0x120"), ("up{job=\"kubeidp\",instance=\"b\"}", "0x120")],
        ["KubeIdPNoReplicaReady"] = [(Ready("a", "database"), "0x120"), (Ready("b", "clock"), "0x120")],
        ["KubeIdPReplicaNotReady"] = [(Ready("b", "database"), "0x120")],
        ["KubeIdPOneReplica"] = [("up{job=\"kubeidp\",instance=\"b\"}", "0x120"), (Ready("b", "database"), Absent),
            (Ready("b", "clock"), Absent)],
        ["KubeIdPErrors"] = [(Requests("503", late: false), "0+60x120")],
        ["KubeIdPRefreshSlow"] = [(Requests("200", late: true), "0+60x120")],
        ["KubeIdPRefreshesPostponed"] = [("kubeidp_refreshes_total{job=\"kubeidp\",outcome=\"postponed\"}", Counted)],
        ["KubeIdPUpstreamServerDown"] = [("kubeidp_upstream_server_up{job=\"kubeidp\",upstream=\"corp\",server=\"dc1\"}", "0x120")],
        ["KubeIdPUpstreamPasswordEnds"] =
            [("kubeidp_upstream_password_remaining_seconds{job=\"kubeidp\",upstream=\"corp\"}", "86400x120")],
        ["KubeIdPPeopleDisappear"] = [("kubeidp_upstream_implausible_total{job=\"kubeidp\",upstream=\"corp\"}", Counted)],
        ["KubeIdPGuessing"] = [("kubeidp_logins_total{job=\"kubeidp\",outcome=\"password_refused\"}", "0+180x120")],
        ["KubeIdPDeviceCodesDenied"] = [("kubeidp_device_codes_total{job=\"kubeidp\",outcome=\"denied\"}", "0x80 3x39")],
        ["KubeIdPTokenReplayed"] = [("kubeidp_refreshes_total{job=\"kubeidp\",outcome=\"replayed\"}", Counted)],
        ["KubeIdPDatabaseLostWrites"] = [("kubeidp_refreshes_total{job=\"kubeidp\",outcome=\"lost_write\"}", Counted)],
        ["KubeIdPTokensTooLarge"] = [("kubeidp_id_token_too_large_total{job=\"kubeidp\",client=\"prod\"}", Counted)],
        ["KubeIdPAccessRefused"] = [("kubeidp_access_refused_total{job=\"kubeidp\",client=\"prod\"}", "0+10x120")],
        ["KubeIdPSigningKeyOld"] = [("kubeidp_signing_key_age_seconds{job=\"kubeidp\",algorithm=\"RS256\"}", "8640000x120")],
        ["KubeIdPCertificateExpires"] = [("kubeidp_certificate_remaining_seconds{job=\"kubeidp\",instance=\"a\"}", "86400x120")],
        ["KubeIdPRevocationsLate"] = [("kubeidp_revocation_knowledge_age_seconds{job=\"kubeidp\",instance=\"a\"}", "30x120")],
        ["KubeIdPAuditCheckpointsStopped"] = [("kubeidp_audit_uncovered_age_seconds{job=\"kubeidp\",instance=\"a\"}", "0+60x120")],
    };

    /// <summary>Who fires beside it: a replica that is not ready is not there either.</summary>
    private static readonly Dictionary<string, string[]> Together = new()
    {
        ["KubeIdPNoReplicaReady"] = ["KubeIdPReplicaNotReady"],
        ["KubeIdPReplicaNotReady"] = ["KubeIdPOneReplica"],
    };

    /// <summary>Of which one event is enough, and its series.</summary>
    private static readonly Dictionary<string, string> OneIsEnough = new()
    {
        ["KubeIdPPeopleDisappear"] = """kubeidp_upstream_implausible_total{job="kubeidp",upstream="corp"}""",
        ["KubeIdPTokenReplayed"] = """kubeidp_refreshes_total{job="kubeidp",outcome="replayed"}""",
        ["KubeIdPDatabaseLostWrites"] = """kubeidp_refreshes_total{job="kubeidp",outcome="lost_write"}""",
        ["KubeIdPTokensTooLarge"] = """kubeidp_id_token_too_large_total{job="kubeidp",client="prod"}""",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_fires_on_its_day_and_none_on_an_ordinary_one()
    {
        var alerts = Alerts().Select(alert => alert.Name).ToList();
        Assert.Equal(Bad.Keys, alerts);

        folder.Write("alerts.yaml", RulesFile());
        (await PromtoolAsync("check", "rules", folder.File("alerts.yaml"))).Succeeded();
        await AssertFiringAsync("an ordinary day", [], changed: []);
        foreach (var (alert, changed) in Bad) await AssertFiringAsync(alert, [alert, .. Together.GetValueOrDefault(alert, [])], changed);
    }

    [Fact]
    public async Task One_event_is_enough_for_those_that_say_so_and_passes()
    {
        folder.Write("alerts.yaml", RulesFile());

        await AssertFiringAsync("one event each", [.. OneIsEnough.Keys], [.. OneIsEnough.Values.Select(series => (series, Once))]);
        await AssertFiringAsync("one event each, before the first read", [.. OneIsEnough.Keys],
            [.. OneIsEnough.Values.Select(series => (series, OnceBeforeItWasRead))]);
        await AssertFiringAsync("one event each, an hour ago", [], [.. OneIsEnough.Values.Select(series => (series, OnceLongAgo))]);
    }

    // There can be no second one beside it.
    [Fact]
    public async Task A_single_server_on_SQLite_is_not_one_replica_too_few()
    {
        folder.Write("alerts.yaml", RulesFile());

        await AssertFiringAsync("SQLite", [],
            [.. Bad["KubeIdPOneReplica"], ("""kubeidp_database_shared{job="kubeidp",instance="a"}""", Quiet),
                ("up{job=\"kubeidp\",instance=\"b\"}", Absent)]);
    }

    // Who is called at night reads this and nothing else.
    [Fact]
    public async Task That_no_replica_is_ready_says_why()
    {
        folder.Write("alerts.yaml", RulesFile());
        folder.Write("why.yaml", $$"""
            rule_files: [alerts.yaml]
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - { series: '{{Ready("a", "database")}}', values: '0x10' }
                  - { series: '{{Ready("a", "clock")}}', values: '1x10' }
                  - { series: '{{Ready("b", "database")}}', values: '0x10' }
                alert_rule_test:
                  - alertname: KubeIdPNoReplicaReady
                    eval_time: 5m
                    exp_alerts:
                      - exp_labels: { severity: critical, check: database }
                        exp_annotations:
                          summary: "No replica is ready: the check database fails on 2 of them. \
                            Nobody can sign in, and every kubectl fails within a minute."
                          runbook: deploy/runbooks/down.md
            """);

        var outcome = await PromtoolAsync("test", "rules", folder.File("why.yaml"));

        Assert.True(outcome.ExitCode == 0, $"{outcome.Output}\n{outcome.Error}");
    }

    [Fact]
    public void Each_names_its_page() => Assert.All(Alerts(), alert =>
    {
        Assert.True(File.Exists(Repository.File(alert.Runbook)), alert.Runbook);
        Assert.Contains(alert.Name, File.ReadAllText(Repository.File("deploy/runbooks/README.md")), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', alert.Summary);
    });

    /// <summary>As a Prometheus without the operator takes them.</summary>
    internal static string RulesFile() => new SerializerBuilder().Build().Serialize(Rule["spec"]);

    internal static Dictionary<object, object> Rule { get; } =
        new DeserializerBuilder()
            .Build().Deserialize<Dictionary<object, object>>(
                File.ReadAllText(Repository.File("deploy/kustomize/components/monitoring/alerts.yaml")));

    internal static IEnumerable<(string Name, string Expression, string Runbook, string Summary)> Alerts() =>
        from @group in (IEnumerable<object>)((Dictionary<object, object>)Rule["spec"])["groups"]
        from rule in ((IEnumerable<object>)((Dictionary<object, object>)@group)["rules"]).Cast<Dictionary<object, object>>()
        let annotations = (Dictionary<object, object>)rule["annotations"]
        select ((string)rule["alert"], (string)rule["expr"], (string)annotations["runbook"], (string)annotations["summary"]);

    /// <summary>
    /// After an hour and a half of a day such as this; who fires does so with any labels and words, which only a count can say.
    /// </summary>
    private static string UnitTest(IEnumerable<(string Alert, bool Fires)> expected, (string Series, string Values)[] changed)
    {
        var series = new Dictionary<string, string>(Ordinary);
        foreach (var (name, values) in changed) series[name] = values;
        var days = string.Join('\n', series.Select(one => $"      - {{ series: '{one.Key}', values: '{one.Value}' }}"));
        var firing = string.Join('\n', expected.Select(one => string.Create(CultureInfo.InvariantCulture, $$"""
                  - expr: count(count by (alertname) (ALERTS{alertname="{{one.Alert}}",alertstate="firing"})) or vector(0)
                    eval_time: 90m
                    exp_samples: [{ labels: '{}', value: {{(one.Fires ? 1 : 0)}} }]
            """)));
        return $"rule_files: [alerts.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n{days}\n    "
            + $"promql_expr_test:\n{firing}\n";
    }

    private static string Ready(string instance, string check) =>
        $$"""kubeidp_ready{job="kubeidp",instance="{{instance}}",check="{{check}}"}""";

    private static string Requests(string status, bool late) =>
        $$"""kubeidp_requests_total{job="kubeidp",endpoint="token",status="{{status}}",late="{{(late ? "true" : "false")}}"}""";

    /// <summary>The tool compares labels and words as well; that these fire and no others is what counts here.</summary>
    private async Task AssertFiringAsync(string day, string[] firing, (string Series, string Values)[] changed)
    {
        folder.Write("day.yaml", UnitTest(Alerts().Select(alert => (alert.Name, firing.Contains(alert.Name))), changed));
        var outcome = await PromtoolAsync("test", "rules", folder.File("day.yaml"));
        Assert.True(outcome.ExitCode == 0, $"{day}\n{outcome.Output}\n{outcome.Error}");
    }

    private static Task<Outcome> PromtoolAsync(params string[] words)
    {
        var start = new ProcessStartInfo("promtool", words);
        return Programs.RunAsync(start, input: null, Ct);
    }
}
