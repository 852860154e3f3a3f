using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Admin.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tokens;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

public sealed class EndingBoundTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    [Fact]
    public void Each_client_that_a_session_reached_has_the_bound_of_its_settings()
    {
        var clients = new ClientCatalog(new Dictionary<string, ClusterOptions>
        {
            ["offline"] = new(), ["asking"] = new() { Title = "Asking", TokenReview = new() { SecretHash = "sha256:x" } },
            ["unreached"] = new(), ["slow"] = new() { IdTokenLifetime = TimeSpan.FromMinutes(5) },
        }, new Dictionary<string, ClientOptions>
        {
            ["web"] = new() { Kind = ClientKind.Web },
            ["told"] = new() { Kind = ClientKind.Web, BackChannelLogoutUri = "https://app.example.test/logout" },
            ["spa"] = new() { Kind = ClientKind.Spa }, ["native"] = new() { Kind = ClientKind.Native },
            ["admin-cli"] = new() { Kind = ClientKind.Admin }, ["robot"] = new() { Kind = ClientKind.Service },
        }, new CliOptions());

        ReachedClient[] reached =
        [
            new(new ClientId("admin-cli"), IsNotified: false), new(new ClientId("asking"), IsNotified: false),
            new(new ClientId("long-gone"), IsNotified: true), new(new ClientId("offline"), IsNotified: false),
            new(new ClientId("robot"), IsNotified: false), new(new ClientId("slow"), IsNotified: false),
            new(new ClientId("told"), IsNotified: true),
            new(new ClientId("web"), IsNotified: true),
            new(new ClientId("spa"), IsNotified: false), new(new ClientId("native"), IsNotified: false),
        ];

        var bounds = EndingBound.Of(reached, clients, new TokenOptions { IdTokenLifetime = Lifetime });

        Assert.Equal(
            [
                new EndingBound.OwnApi("admin-cli"), new EndingBound.Reviewing("Asking"), new EndingBound.Unknown("long-gone", Lifetime),
                new EndingBound.Offline("offline", Lifetime),
                new EndingBound.Unknown("robot", Lifetime), new EndingBound.Offline("slow", TimeSpan.FromMinutes(5)),
                new EndingBound.Web("told", IsNotified: true),
                new EndingBound.Web("web", IsNotified: false),
                new EndingBound.Web("spa", IsNotified: false), new EndingBound.Web("native", IsNotified: false),
            ],
            bounds);
        Assert.Equal(new EndingBound.Web("told", IsNotified: false),
            Assert.Single(EndingBound.Of([new(new ClientId("told"), IsNotified: false)], clients, new TokenOptions())));
        Assert.Equal(TimeSpan.FromSeconds(130), Assert.IsType<EndingBound.Offline>(bounds[3]).RefusedWithin);
        Assert.Equal(TimeSpan.FromSeconds(14), EndingBound.Reviewing.RefusedWithin);
    }
}
