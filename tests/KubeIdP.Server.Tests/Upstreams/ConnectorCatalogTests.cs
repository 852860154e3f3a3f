using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Upstreams;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

public sealed class ConnectorCatalogTests
{
    private static readonly ConnectorId Partner = new("partner");
    private static readonly ConnectorId Corp = new("corp");

    private readonly ConnectorCatalog catalog = new(
    [
        new ConfiguredConnector(new ScriptedRedirectConnector("partner"), ["partner.example"]),
        new ConfiguredConnector(new ScriptedConnector("corp"), ["corp.example"]),
    ]);

    [Fact]
    public void Each_upstream_is_offered_by_what_its_connector_can_do()
    {
        Assert.Equal([Partner, Corp, ConnectorId.Local], catalog.Choices);
        Assert.Equal([Corp, ConnectorId.Local], catalog.PasswordChoices);
        Assert.Equal([Partner], catalog.RedirectChoices);
        Assert.Equal([Corp], catalog.With<IRefreshConnector>().Select(connector => connector.Id));
        Assert.Null(catalog.Find<IPasswordConnector>(Partner));
        Assert.Equal(Corp, catalog.Find<IPasswordConnector>(Corp)?.Id);
    }

    // Nobody's password may go to the accounts of another upstream because somebody chose one that takes none.
    [Theory]
    [InlineData("alice", null, "corp", "alice")]
    [InlineData("alice", "partner", "corp", "alice")]
    [InlineData("alice", "local", "local", "alice")]
    [InlineData("alice@corp.example", "local", "corp", "alice")]
    [InlineData("alice@partner.example", null, "corp", "alice@partner.example")]
    public void A_password_goes_only_to_an_upstream_that_takes_one(string typed, string? chosen, string connector, string name) =>
        Assert.Equal(new TypedAccount(new ConnectorId(connector), name), catalog.Resolve(typed, chosen));
}
