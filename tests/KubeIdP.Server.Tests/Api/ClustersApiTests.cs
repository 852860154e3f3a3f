using System.Text.Json;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clients;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Api;

/// <summary>The clusters, and what their API servers need, for programs.</summary>
public sealed class ClustersApiTests(ClassIssuer shared) : ApiTests(shared, postgres: false)
{
    private static readonly string Hash = ClientSecret.Create().Hash;

    [Fact]
    public async Task Clusters_are_listed_in_the_order_of_the_configuration_with_all_that_is_known()
    {
        var list = (await AtAsync("/clusters")).Succeeded();

        Assert.Equal(["prod", "old", "review", "cloud"], list.EnumerateArray().Select(cluster => cluster.GetProperty("name").GetString()));
        var prod = list[0];
        Assert.Equal("""
            {"name":"prod","title":"Production","description":"What customers see.","labels":{"region":"eu-west"},
            "server":"https://api.prod.example.com:6443","platform":"kubeadm","kubernetes":"1.34","namespace":null,
            "signingAlgorithm":"RS256","accessGroups":["local:ops"],
            "plugin":"kubelogin","tokenReview":false,"namePrefix":"","idTokenLifetimeSeconds":120,
            "revocationBoundSeconds":130,"groupBoundSeconds":190}
            """.Replace("\n", "", StringComparison.Ordinal), prod.GetRawText());
        Assert.Equal(("review", true, 14), (list[2].GetProperty("title").GetString(), list[2].GetProperty("tokenReview").GetBoolean(),
            list[2].GetProperty("revocationBoundSeconds").GetInt64()));
        Assert.Equal(("aks", "aks:jwt:"), (list[3].GetProperty("platform").GetString(), list[3].GetProperty("namePrefix").GetString()));
        Assert.Equal(prod.GetRawText(), (await AtAsync("/clusters/prod")).Succeeded().GetRawText());
    }

    [Fact]
    public async Task Files_and_flags_are_those_of_the_commands()
    {
        var (configuration, webhook) = (await AtAsync("/clusters/prod/authentication-config"), await AtAsync("/clusters/review/webhook"));
        var (flags, reviewFlags) = (await AtAsync("/clusters/old/flags"), await AtAsync("/clusters/review/flags"));

        Assert.Equal((200, "application/yaml"), (configuration.Status, configuration.Type));
        Assert.Equal(("apiserver.config.k8s.io/v1", "prod"), ($"{Parse(configuration)["apiVersion"]}",
            $"{Parse(configuration)["jwt"][0]["issuer"]["audiences"][0]}"));
        Assert.Equal((200, "text/plain"), (flags.Status, flags.Type));
        Assert.StartsWith($"--oidc-issuer-url={Issuer}\n--oidc-client-id=old\n", flags.Text, StringComparison.Ordinal);
        Assert.StartsWith("--authentication-token-webhook-config-file=", reviewFlags.Text, StringComparison.Ordinal);
        Assert.Equal((200, "application/yaml"), (webhook.Status, webhook.Type));
        Assert.Equal($"{Issuer}/k8s/token-review", Parse(webhook)["clusters"][0]["cluster"]["server"]);
        Assert.DoesNotContain("token:", webhook.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instructions_are_steps_with_their_files()
    {
        var instructions = (await AtAsync("/clusters/cloud/instructions")).Succeeded();

        Assert.Equal("Azure AKS", instructions.GetProperty("platform").GetString());
        Assert.NotEmpty(instructions.GetProperty("notes").EnumerateArray());
        Assert.Contains(instructions.GetProperty("obstacles").EnumerateArray(), obstacle =>
            obstacle.GetProperty("fix").GetString()!.StartsWith("Set issuer to a public name", StringComparison.Ordinal));
        var file = instructions.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("kind").GetString() == "json");
        Assert.Equal("aks-jwt-authenticator.json", file.GetProperty("file").GetString());
        Assert.Equal("cloud", JsonDocument.Parse(file.GetProperty("content").GetString()!).RootElement.GetProperty("issuer")
            .GetProperty("audiences")[0].GetString());
    }

    [Theory]
    [InlineData("/clusters/old/authentication-config", "clusters flags old")]
    [InlineData("/clusters/review/authentication-config", "clusters flags review")]
    [InlineData("/clusters/cloud/authentication-config", "clusters instructions cloud")]
    [InlineData("/clusters/cloud/flags", "clusters instructions cloud")]
    [InlineData("/clusters/cloud/webhook", "clusters instructions cloud")]
    public async Task What_a_cluster_does_not_have_is_a_conflict_that_names_what_it_has(string path, string instead)
    {
        var refused = await AtAsync(path);

        Assert.Equal((409, "application/problem+json"), (refused.Status, refused.Type));
        Assert.Contains(instead, refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/authentication-config")]
    [InlineData("/flags")]
    [InlineData("/webhook")]
    [InlineData("/instructions")]
    public async Task A_cluster_that_is_not_there_is_not_found(string path)
    {
        // The last is a client, and no cluster.
        foreach (var name in (string[])["no-such", "robot"])
        {
            var missing = await AtAsync($"/clusters/{name}{path}");

            Assert.Equal((404, "application/problem+json", $"There is no cluster {name} in the configuration."),
                (missing.Status, missing.Type, missing.Json.GetProperty("detail").GetString()));
        }
    }

    [Theory]
    [InlineData("/clusters")]
    [InlineData("/clusters/kubernetes")]
    [InlineData("/clusters/kubernetes/authentication-config")]
    [InlineData("/clusters/kubernetes/instructions")]
    public async Task Another_scope_is_not_enough(string path)
    {
        Assert.Equal(401, (await GetAsync(null, path)).Status);
        Assert.Equal(403, (await GetAsync(await ServiceTokenAsync("watcher"), path)).Status);
        Assert.Equal(200, (await GetAsync(await ServiceTokenAsync(), path)).Status);
    }

    private async Task<ApiAnswer> AtAsync(string path)
    {
        await using var other = await StartAsync(settings => Configured(settings) with
        {
            Clusters = new Dictionary<string, ClusterOptions>
            {
                ["prod"] = new()
                {
                    Title = "Production", Description = "What customers see.",
                    Labels = new Dictionary<string, string> { ["region"] = "eu-west" },
                    Server = "https://api.prod.example.com:6443", Platform = ClusterPlatform.Kubeadm, Kubernetes = "1.34",
                    Access = new() { Groups = ["local:ops"] }, IdTokenLifetime = TimeSpan.FromMinutes(2),
                },
                ["old"] = new() { Platform = ClusterPlatform.K3s, Kubernetes = "1.29" },
                ["review"] = new() { TokenReview = new() { SecretHash = Hash } },
                ["cloud"] = new() { Platform = ClusterPlatform.Aks },
            },
        });
        var token = (await ProveAsync("robot", Key.Prove("robot", TokenEndpoint, other.Clock.GetUtcNow()), other)).Succeeded().AccessToken;
        return await CallAsync(token, HttpMethod.Get, path, at: other);
    }

    private static YamlNode Parse(ApiAnswer answer)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(answer.Text));
        return stream.Documents[0].RootNode;
    }
}
