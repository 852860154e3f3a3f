using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>What the commands print about the clusters of the configuration.</summary>
public sealed class ClustersCommandTests : IDisposable
{
    private static readonly string Hash = ClientSecret.Create().Hash;

    private readonly TemporaryFolder folder = new();

    public ClustersCommandTests() => Configure($$"""
        clusters:
          prod:
            title: Production
            labels: { region: eu-west }
            server: https://api.prod.example.com:6443
            platform: kubeadm
            kubernetes: "1.33"
            access: { groups: [local:ops] }
          test: { idTokenLifetime: 00:05:00 }
          old: { platform: k3s, kubernetes: "1.29" }
          review: { tokenReview: { secretHash: "{{Hash}}" } }
          cloud: { platform: eks }
        """);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_list_has_a_line_for_each_cluster_in_the_order_of_the_configuration()
    {
        var (text, json) = (await DoneAsync("list"), await JsonAsync("list"));

        Assert.Equal("""
            NAME    PLATFORM  KUBERNETES  SERVER                             TOKENS              ACCESS
            prod    kubeadm   1.33        https://api.prod.example.com:6443  60 s                local:ops
            test    other     -           -                                  300 s               everybody who can sign in
            old     k3s       1.29        -                                  60 s                everybody who can sign in
            review  other     -           -                                  60 s, token review  everybody who can sign in
            cloud   eks       -           -                                  60 s                everybody who can sign in
            """, text);
        Assert.Equal(["prod", "test", "old", "review", "cloud"], json.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_configuration_without_clusters_says_so()
    {
        Configure("clients: { app: { kind: native, redirectUris: [http://localhost:9000/] } }");

        Assert.Equal("The configuration has no cluster.", await DoneAsync("list"));
        Assert.Empty((await JsonAsync("list")).EnumerateArray());
    }

    [Fact]
    public async Task One_cluster_is_shown_with_the_bound_of_its_revocation()
    {
        var (text, json) = (await DoneAsync("show", "prod"), await JsonAsync("show", "review"));

        Assert.Contains("Title            Production\n", text, StringComparison.Ordinal);
        Assert.Contains("Labels           region=eu-west\n", text, StringComparison.Ordinal);
        Assert.Contains("Revocation       refused within 70 s of the end of a session", text, StringComparison.Ordinal);
        Assert.Equal((true, 14), (json.GetProperty("tokenReview").GetBoolean(), json.GetProperty("revocationBoundSeconds").GetInt64()));
    }

    [Theory]
    [InlineData("show")]
    [InlineData("instructions")]
    [InlineData("flags")]
    [InlineData("authentication-config")]
    [InlineData("kubeconfig")]
    public async Task A_cluster_that_is_not_there_is_answered_with_those_that_are(string command)
    {
        var outcome = await RunAsync(command, "nowhere");

        Assert.Equal((ExitCode.NotDone, "There is no cluster \"nowhere\". The clusters are: prod, test, old, review, cloud.", ""),
            (outcome.ExitCode, outcome.Error, outcome.Output));
    }

    [Theory]
    [InlineData("list", "more")]
    [InlineData("list", "--output", "xml")]
    [InlineData("show")]
    [InlineData("instructions")]
    [InlineData("instructions", "prod", "--output", "xml")]
    [InlineData("authentication-config", "prod", "--api-version", "v2")]
    public async Task Wrong_arguments_end_with_2(params string[] args) =>
        Assert.Equal(ExitCode.Misused, (await RunAsync(args)).ExitCode);

    [Theory]
    [InlineData("prod", null, "v1beta1")]
    [InlineData("prod", "v1", "v1")]
    [InlineData("test", null, "v1")]
    [InlineData("test", "v1beta1", "v1beta1")]
    [InlineData("old", "v1beta1", "v1beta1")]
    public async Task The_file_is_for_the_configured_version_or_for_the_one_that_is_asked_for(string cluster, string? asked, string printed)
    {
        var text = await DoneAsync(["authentication-config", cluster, .. asked is null ? (string[])[] : ["--api-version", asked]]);

        Assert.StartsWith($"apiVersion: apiserver.config.k8s.io/{printed}\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("authentication-config", "old", "clusters flags old")]
    [InlineData("authentication-config", "review", "clusters flags review")]
    [InlineData("authentication-config", "cloud", "clusters instructions cloud")]
    [InlineData("flags", "cloud", "clusters instructions cloud")]
    [InlineData("token-review", "cloud", "clusters instructions cloud")]
    public async Task What_a_cluster_does_not_have_is_refused_and_what_it_has_is_named(string command, string cluster, string instead)
    {
        var outcome = await RunAsync(command, cluster);

        Assert.Equal((ExitCode.NotDone, ""), (outcome.ExitCode, outcome.Output));
        Assert.EndsWith($"Use: {instead}", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instructions_are_text_for_people_and_steps_for_scripts()
    {
        var (text, json) = (await DoneAsync("instructions", "prod"), await JsonAsync("instructions", "prod"));

        Assert.StartsWith("# prod: kubeadm\n", text, StringComparison.Ordinal);
        var steps = json.GetProperty("steps").EnumerateArray().ToList();
        var file = Assert.Single(steps, step => step.GetProperty("file").GetString() == "/etc/kubernetes/pki/authentication.yaml");
        Assert.Equal(await DoneAsync("authentication-config", "prod"), file.GetProperty("content").GetString());
        Assert.All(steps, step => Assert.Contains($".** {step.GetProperty("text").GetString()}\n", text, StringComparison.Ordinal));
        Assert.Contains($"\n```yaml\n{file.GetProperty("content").GetString()}\n```\n", text, StringComparison.Ordinal);
    }

    // The server of this configuration uses its own authority, which EKS can't be told.
    [Fact]
    public async Task What_cannot_work_is_said_first()
    {
        var (text, json) = (await DoneAsync("instructions", "cloud"), await JsonAsync("instructions", "cloud"));

        Assert.StartsWith("# cloud: Amazon EKS\n\n**With the present configuration this can't work:**\n\n- ", text,
            StringComparison.Ordinal);
        Assert.Equal(2, json.GetProperty("obstacles").GetArrayLength());
    }

    [Fact]
    public async Task The_file_for_a_webhook_is_shown_without_the_credential()
    {
        var step = Assert.Single((await JsonAsync("instructions", "review")).GetProperty("steps").EnumerateArray(),
            step => step.GetProperty("kind").GetString() == "yaml");

        var stream = new YamlStream();
        stream.Load(new StringReader(step.GetProperty("content").GetString()!));
        Assert.Empty(((YamlMappingNode)stream.Documents[0].RootNode["users"][0]["user"]).Children);
    }

    // Where the file goes depends on the platform.
    [Theory]
    [InlineData("prod", true)]
    [InlineData("old", false)]
    public async Task The_credential_comes_with_the_next_step_for_the_platform(string cluster, bool hasFlags)
    {
        var text = await DoneAsync("token-review", cluster, "--kubeconfig", folder.File("webhook.yaml"));

        Assert.EndsWith($"kubeidp-server clusters instructions {cluster}", text, StringComparison.Ordinal);
        Assert.Equal(hasFlags, text.Contains("--authentication-token-webhook-config-file=/etc/kubernetes/pki/", StringComparison.Ordinal));
    }

    private void Configure(string yaml) =>
        folder.Write("kubeidp.yaml", $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\n{yaml}\n");

    private Task<Outcome> RunAsync(params string[] args) =>
        InProcess.RunAsync(["clusters", .. args, "--config", folder.File("kubeidp.yaml")]);

    private async Task<string> DoneAsync(params string[] args) => (await RunAsync(args)).Succeeded().Output.ReplaceLineEndings("\n");

    private async Task<JsonElement> JsonAsync(params string[] args) =>
        JsonDocument.Parse(await DoneAsync([.. args, "--output", "json"])).RootElement;
}
