using KubeIdP.Cli.Kubeconfigs;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clusters;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Cli.Tests.Kubeconfigs;

/// <summary>What merging makes of a kubeconfig, on texts alone.</summary>
public sealed class KubeconfigMergeTests
{
    private const string Foreign = """
        apiVersion: v1
        kind: Config
        preferences: { colors: true }
        clusters:
        - name: kind-kind
          cluster: { server: https://127.0.0.1:6443, certificate-authority-data: AAAABBBB==, proxy-url: "http://proxy:3128" }
        - cluster: { server: https://old.example.com, insecure-skip-tls-verify: true, proxy-url: socks5://jump:1080 }
          name: kubeidp-prod
        users:
        - name: kind-kind
          user: { client-certificate-data: QUJD, username: "yes", password: '0123' }
        - name: windows
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: C:\Program Files\plugin\plugin.exe
              args: [--cache=C:\Users\it's me\.cache, "a\tb", "null", "1.0", 'true']
              env: [{ name: N, value: "5" }]
              installHint: |
                two
                  lines

        contexts:
        - name: kind-kind
          context: { cluster: kind-kind, user: kind-kind, namespace: "on" }
        - context: { cluster: x, user: y, namespace: mine }
          name: kubeidp-prod
        current-context: kind-kind
        extensions:
        - name: some.tool/v1
          extension: { number: 1, quoted: "1", truth: yes, nothing: null, when: 2026-01-01 }
        - name: some.other.tool/v1
          extension:
            folded: >-
              a
              b
            long: "xxxxxxxxxxxxxxxxxxxx xxxxxxxxxxxxxxxxxxxx xxxxxxxxxxxxxxxxxxxx xxxxxxxxxxxxxxxxxxxx xxxxxxxxxxxxxxxxxxxx xxxxx"
            empty: {}
            none: []
            trailing: "  spaces  "
        """;

    private static readonly string Added = Kubeconfig.Of("https://idp.example.com", null,
        [new("prod", "https://api.example.com", null, "shop", ExecPlugin.Kubelogin)]);

    [Fact]
    public void Everything_foreign_keeps_its_value_and_its_type()
    {
        var before = Parse(Foreign);
        var after = Parse(Changed(Foreign));

        foreach (var key in (string[])["preferences", "extensions"]) AssertSame(before[key], after[key]);
        AssertSame(before["clusters"][0], after["clusters"][0]);
        for (var i = 0; i < 2; i++) AssertSame(before["users"][i], after["users"][i]);
        AssertSame(before["contexts"][0], after["contexts"][0]);
        Assert.Equal("kind-kind", after["current-context"]);
    }

    [Fact]
    public void Entries_of_our_names_are_brought_up_to_date_and_what_the_person_added_stays()
    {
        var after = Parse(Changed(Foreign));

        Assert.Equal(["proxy-url", "server"],
            ((YamlMappingNode)after["clusters"][1]["cluster"]).Children.Keys.Select(key => $"{key}").Order(StringComparer.Ordinal));
        Assert.Equal("https://api.example.com", after["clusters"][1]["cluster"]["server"]);
        Assert.Equal(("kubeidp-prod", "kubeidp-prod", "mine"), ($"{after["contexts"][1]["context"]["cluster"]}",
            $"{after["contexts"][1]["context"]["user"]}", $"{after["contexts"][1]["context"]["namespace"]}"));
        Assert.Equal(3, ((YamlSequenceNode)after["users"]).Children.Count);
    }

    [Fact]
    public void The_second_time_changes_nothing()
    {
        foreach (var before in (string?[])[null, "", "# nothing yet\n", Foreign, "clusters: []\nusers: null\ncontexts: ~\n"])
        {
            var once = Changed(before);
            Assert.IsType<MergedKubeconfig.Unchanged>(KubeconfigMerge.Merge(once, Added, use: false));
        }
    }

    [Fact]
    public void The_current_context_changes_only_when_asked_or_when_there_is_none()
    {
        Assert.Equal("kubeidp-prod", Parse(Changed(null))["current-context"]);
        Assert.Equal("kubeidp-prod", Parse(Changed("kind: Config\ncurrent-context: \"\"\n"))["current-context"]);
        Assert.Equal("kind-kind", Parse(Changed(Foreign))["current-context"]);
        var used = Assert.IsType<MergedKubeconfig.Changed>(KubeconfigMerge.Merge(Changed(Foreign), Added, use: true));
        Assert.Equal(("kubeidp-prod", "kubeidp-prod"), (used.CurrentContext, $"{Parse(used.Text)["current-context"]}"));
    }

    [Theory]
    [InlineData("just words")]
    [InlineData("- a\n- list\n")]
    [InlineData("kind: Deployment\napiVersion: apps/v1\n")]
    [InlineData("kind: Config\napiVersion: v2\n")]
    [InlineData("issuer: https://idp.example.com\n")]
    [InlineData("kind: Config\nclusters: none\n")]
    [InlineData("kind: Config\nusers: [a, b]\n")]
    [InlineData("kind: Config\ncontexts: [{ context: {} }]\n")]
    [InlineData("kind: Config\nkind: Config\n")]
    [InlineData("kind: Config\n---\nkind: Config\n")]
    [InlineData("kind: [unfinished")]
    [InlineData("kind: *nowhere\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void What_is_no_kubeconfig_is_refused(string text) =>
        Assert.IsType<MergedKubeconfig.Refused>(KubeconfigMerge.Merge(text, Added, use: true));

    [Fact]
    public void A_file_of_brackets_is_refused_and_overflows_nothing() =>
        Assert.IsType<MergedKubeconfig.Refused>(KubeconfigMerge.Merge("clusters: " + new string('[', 100_000), Added, use: false));

    [Fact]
    public void What_is_JSON_is_YAML_too()
    {
        var text = Changed("""{"apiVersion":"v1","kind":"Config","clusters":[{"name":"a","cluster":{"server":"https://a"}}],"users":[]}""");

        Assert.Equal(["a", "kubeidp-prod"], ((YamlSequenceNode)Parse(text)["clusters"]).Select(entry => $"{entry["name"]}"));
    }

    [Fact]
    public void An_anchor_and_its_aliases_stay_what_they_mean()
    {
        var text = Changed("kind: Config\nusers:\n- name: a\n  user: &u { token: x }\n- { name: b, user: *u }\n");

        Assert.Equal(["x", "x"], ((YamlSequenceNode)Parse(text)["users"]).Take(2).Select(user => $"{user["user"]["token"]}"));
    }

    [Fact]
    public void Nothing_gets_an_anchor_that_had_none()
    {
        foreach (var before in (string?[])[null, Foreign, Foreign + "\nagain: [same, same, { a: b }, { a: b }]\n"])
            Assert.DoesNotMatch(@"(?m)(^|\s)[&*]", Changed(before));
    }

    [Fact]
    public void An_anchor_of_the_file_keeps_its_name() =>
        Assert.Matches("(?s)user: &mine\n.*user: \\*mine\n",
            Changed("kind: Config\nusers:\n- name: a\n  user: &mine { token: x }\n- { name: b, user: *mine }\n"));

    // With each, a value of the tree would be part of itself, or the tree would be larger than the memory.
    [Theory]
    [InlineData("kind: Config\nx: &x [*x]\n")]
    [InlineData("kind: Config\nx: &x { a: { b: [c, *x] } }\n")]
    [InlineData("kind: Config\nx: &x { *x : 1 }\n")]
    [InlineData("&all\nkind: Config\nusers: *all\n")]
    [InlineData("kind: Config\nx: *later\ny: &later [1]\n")]
    [InlineData("kind: Config\nx: &x [*y]\ny: &y [*x]\n")]
    [InlineData("kind: Config\nx: &x [1]\ny: &x [*x]\n")]
    public void A_value_that_is_part_of_itself_is_refused(string text) =>
        Assert.StartsWith("line ", Assert.IsType<MergedKubeconfig.Refused>(KubeconfigMerge.Merge(text, Added, use: false)).Reason,
            StringComparison.Ordinal);

    [Fact]
    public void Aliases_that_stand_for_very_much_are_refused()
    {
        var text = string.Concat(Enumerable.Range(1, 20).Select(i =>
            $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));

        var refused = Assert.IsType<MergedKubeconfig.Refused>(
            KubeconfigMerge.Merge($"kind: Config\na0: &a0 [x]\n{text}", Added, use: false));

        Assert.Equal("line 6 has an alias with which the file becomes too large.", refused.Reason);
    }

    [Fact]
    public void Aliases_that_nest_deeply_are_refused()
    {
        var text = string.Concat(Enumerable.Range(1, 100).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));

        var refused = Assert.IsType<MergedKubeconfig.Refused>(
            KubeconfigMerge.Merge($"kind: Config\na0: &a0 [x]\n{text}", Added, use: false));

        Assert.EndsWith("is nested too deeply.", refused.Reason, StringComparison.Ordinal);
    }

    private static string Changed(string? before) =>
        Assert.IsType<MergedKubeconfig.Changed>(KubeconfigMerge.Merge(before, Added, use: false)).Text;

    private static void AssertSame(YamlNode one, YamlNode other)
    {
        Assert.Equal(one, other);
        Assert.Equal(one.AllNodes.OfType<YamlScalarNode>().Select(IsPlain), other.AllNodes.OfType<YamlScalarNode>().Select(IsPlain));
    }

    private static (string?, bool) IsPlain(YamlScalarNode node) => (node.Value, node.Style is YamlDotNet.Core.ScalarStyle.Plain);

    private static YamlNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].RootNode;
    }
}
