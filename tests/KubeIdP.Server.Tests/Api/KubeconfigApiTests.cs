using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

/// <summary>Kubeconfigs for programs.</summary>
public sealed class KubeconfigApiTests(ClassIssuer shared) : ApiTests(shared, postgres: false)
{
    [Fact]
    public async Task A_service_gets_the_same_bytes_as_a_person()
    {
        await using var server = await StartAsync(settings => Configured(settings) with
        {
            Clusters = new Dictionary<string, ClusterOptions>
            {
                ["prod"] = settings.Clusters["kubernetes"] with { Server = "https://prod.example.test",
                    Access = new() { Groups = ["local:x"] } },
                ["dev"] = settings.Clusters["kubernetes"] with { Server = "https://dev.example.test" },
                ["bare"] = settings.Clusters["kubernetes"],
            },
        });
        var kubeconfigs = server.Services.GetRequiredService<Kubeconfigs>();
        var authority = server.Services.GetRequiredService<OwnAuthority>();
        var token = await ServiceTokenAsync();

        var one = await CallAsync(token, HttpMethod.Get, "/clusters/prod/kubeconfig", at: server);
        var both = await CallAsync(token, HttpMethod.Get, "/kubeconfig?cluster=dev&cluster=prod", at: server);
        var none = await CallAsync(token, HttpMethod.Get, "/kubeconfig", at: server);
        var unknown = await CallAsync(token, HttpMethod.Get, "/kubeconfig?cluster=dev&cluster=nowhere", at: server);
        var bare = await CallAsync(token, HttpMethod.Get, "/clusters/bare/kubeconfig", at: server);
        var narrow = await CallAsync(await ServiceTokenAsync("watcher"), HttpMethod.Get, "/clusters/prod/kubeconfig", at: server);

        Assert.Equal((200, "application/yaml"), (one.Status, one.Type));
        Assert.Equal(new KubeconfigAnswer.Made(one.Text), kubeconfigs.For(["prod"], authority.ReadPem));
        Assert.Equal(new KubeconfigAnswer.Made(both.Text), kubeconfigs.For(["dev", "prod"], authority.ReadPem));
        Assert.Equal((400, "cluster names 1 to 100 clusters."), (none.Status, none.Json.GetProperty("detail").GetString()));
        Assert.Equal((404, "There is no cluster nowhere."), (unknown.Status, unknown.Json.GetProperty("detail").GetString()));
        Assert.Equal(409, bare.Status);
        Assert.Contains("clusters.bare.server", bare.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(403, narrow.Status);
    }
}
