using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Server.Upstreams;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

public sealed class UpstreamKindsTests
{
    [Theory]
    [InlineData(PlainText.Never, false)]
    [InlineData(PlainText.OnLoopback, false)]
    [InlineData(PlainText.Everywhere, true)]
    public void A_password_that_leaves_the_machine_without_TLS_is_warned_of(PlainText plainText, bool isWarned) =>
        Assert.Equal(isWarned, UpstreamKinds.AllowsPlainText(new LdapOptions { PlainText = plainText }));

    [Fact]
    public void Options_of_another_kind_are_nothing_beside_a_directory()
    {
        var directory = new LdapOptions { Servers = ["ldaps://ldap.example.com"], BindAs = "uid={username},dc=example,dc=com" };

        Assert.Single(UpstreamKinds.CheckBeside(directory, [new("one", directory), new("two", new OtherOptions())]));
        Assert.Empty(UpstreamKinds.CheckBeside(directory, [new("two", new OtherOptions())]));
    }

    private sealed record OtherOptions : UpstreamOptions;
}
