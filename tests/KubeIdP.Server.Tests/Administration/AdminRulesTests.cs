using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Server.Administration;
using Xunit;

namespace KubeIdP.Server.Tests.Administration;

public sealed class AdminRulesTests
{
    [Theory]
    [InlineData("local:admins")]
    [InlineData("local:cn=admins,dc=example:1")]
    public void A_group_is_named_with_its_upstream(string group) => Assert.Empty(Check(group));

    [Theory]
    [InlineData("admins", "does not name the upstream")]
    [InlineData(":admins", "does not name the upstream")]
    [InlineData("local:", "does not name the upstream")]
    [InlineData("ldap:admins", "no upstream \"ldap\"")]
    [InlineData("local:system:masters", "reserves for itself")]
    public void Anything_else_is_refused_with_its_place(string group, string words)
    {
        var fault = Assert.Single(Check("local:admins", group));

        Assert.Equal("admin.groups[1]", fault.Place);
        Assert.Contains(words, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_must_be_able_to_administer() => Assert.Equal("admin.groups", Assert.Single(Check()).Place);

    [Theory]
    [InlineData("auditors", "does not name the upstream")]
    [InlineData("ldap:auditors", "no upstream \"ldap\"")]
    [InlineData("local:admins", "is also in admin.groups")]
    public void Auditors_are_named_with_the_same_care_and_are_no_administrators(string group, string words)
    {
        var fault = Assert.Single(AdminRules.Check(new AdminOptions { AuditorGroups = ["local:auditors", group] }, [ConnectorId.Local]));

        Assert.Equal("admin.auditorGroups[1]", fault.Place);
        Assert.Contains(words, fault.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local", new[] { "dev", "admins" }, AdminRole.Administrator)]
    [InlineData("local", new[] { "auditors" }, AdminRole.Auditor)]
    [InlineData("local", new[] { "auditors", "admins" }, AdminRole.Administrator)]
    [InlineData("local", new[] { "Admins", "admins2", "auditor" }, AdminRole.None)]
    [InlineData("ldap", new[] { "admins", "auditors" }, AdminRole.None)]
    [InlineData("local", new string[0], AdminRole.None)]
    internal void A_role_comes_from_a_group_of_the_named_upstream(string connector, string[] groups, AdminRole role) =>
        Assert.Equal(role,
            AdminRules.RoleOf(new Membership(new ConnectorId(connector), groups), new AdminOptions { AuditorGroups = ["local:auditors"] }));

    [Fact]
    public void A_person_who_may_not_sign_in_has_no_role() => Assert.Equal(AdminRole.None, AdminRules.RoleOf(null, new AdminOptions()));

    private static List<Server.Configuration.SettingsFault> Check(params string[] groups) =>
        [.. AdminRules.Check(new AdminOptions { Groups = groups }, [ConnectorId.Local])];
}
