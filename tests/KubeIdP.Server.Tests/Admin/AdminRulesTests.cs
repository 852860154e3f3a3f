using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Admin;
using Xunit;

namespace KubeIdP.Server.Tests.Admin;

public sealed class AdminRulesTests
{
    [Theory]
    [InlineData("local:admins")]
    [InlineData("local:cn=admins,dc=example:1")]
    public void A_group_is_named_with_its_connector(string group) => Assert.Empty(Check(group));

    [Theory]
    [InlineData("admins", "does not say where")]
    [InlineData(":admins", "does not say where")]
    [InlineData("local:", "does not say where")]
    [InlineData("ldap:admins", "no connector \"ldap\"")]
    [InlineData("local:system:masters", "reserves for itself")]
    public void Anything_else_is_refused_with_its_place(string group, string words)
    {
        var fault = Assert.Single(Check("local:admins", group));

        Assert.Equal("admin.groups[1]", fault.Place);
        Assert.Contains(words, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_must_be_able_to_administer() => Assert.Equal("admin.groups", Assert.Single(Check()).Place);

    private static List<Server.Hosting.Configuration.SettingsFault> Check(params string[] groups) =>
        [.. AdminRules.Check(new AdminOptions { Groups = groups }, [ConnectorId.Local])];
}
