using KubeIdP.Server.Admin.Sessions;
using KubeIdP.Server.Issuer;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

public sealed class EndingBoundTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    [Fact]
    public void Each_client_that_a_session_reached_has_the_bound_of_its_settings()
    {
        var clients = new ClientCatalog(new Settings
        {
            Clients = new Dictionary<string, ClientOptions>
            {
                ["offline"] = new(), ["asking"] = new() { Name = "Asking", TokenReview = new() { SecretHash = "sha256:x" } }, ["web"] = new() { Kind = ClientKind.Web }, ["unreached"] = new(),
            },
        });

        var bounds = EndingBound.Of(["web", "offline", "asking", "offline", "long-gone"], clients, Lifetime);

        Assert.Equal([new EndingBound.Reviewing("Asking"), new EndingBound.Offline("long-gone", Lifetime), new EndingBound.Offline("offline", Lifetime), new EndingBound.Web("web")], bounds);
        Assert.Equal(TimeSpan.FromSeconds(130), Assert.IsType<EndingBound.Offline>(bounds[2]).RefusedWithin);
        Assert.Equal(TimeSpan.FromSeconds(14), EndingBound.Reviewing.RefusedWithin);
    }
}
