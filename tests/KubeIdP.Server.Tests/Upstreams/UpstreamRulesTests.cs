using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Upstreams;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

public sealed class UpstreamRulesTests
{
    [Theory]
    [InlineData("corp:", "lab:")]
    [InlineData(null, "lab:")]
    [InlineData("corp:", null)]
    [InlineData("", "lab:")]
    [InlineData("corp-lab:", "corp:")]
    [InlineData("b", "ab")]
    public void Prefixes_of_which_none_begins_another_tell_the_groups_apart(string? one, string? other) => Assert.Empty(Faults(one, other));

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("corp:", "corp:")]
    [InlineData("corp:", "corp:lab:")]
    [InlineData("corp:lab:", "corp:")]
    [InlineData("c", "corp:")]
    [InlineData("corp:", "CORP:lab:")]
    public void Otherwise_a_group_of_one_could_be_called_as_one_of_the_other(string? one, string? other)
    {
        var fault = Assert.Single(Faults(one, other));

        Assert.Equal("upstreams.two.groups.prefix", fault.Place);
        Assert.Contains("those of one", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_whose_groups_are_not_read_takes_no_names() =>
        Assert.Empty(
            UpstreamRules.Check(
                new Dictionary<string, UpstreamOptions> { ["one"] = With("corp:"),
                    ["two"] = With("corp:") with { Groups = new() { Source = GroupSource.None } } }));

    // One account, two counters: what both let through could lock it.
    [Theory]
    [InlineData("ldaps://ldap.example.com", "uid={username},dc=example,dc=com", null, true)]
    [InlineData("ldap://LDAP.example.com:389", "uid={username},dc=example,dc=com", null, true)]
    [InlineData("ldaps://ldap.example.com:636", null, "uidNumber", true)]
    [InlineData("ldaps://other.example.com", "uid={username},dc=example,dc=com", null, false)]
    [InlineData("ldaps://ldap.example.com:3636", "uid={username},dc=example,dc=com", null, false)]
    [InlineData("ldaps://ldap.example.com", null, null, false)]
    public void Two_with_one_server_tell_its_accounts_apart_in_one_way(string server, string? bindAs, string? id, bool isFault)
    {
        var other = With("two:") with { Servers = [server], BindAs = bindAs,
            Users = new() { Base = "ou=more,dc=example,dc=com", Id = id } };
        if (bindAs is not null) other = other with { BindDn = null, BindPassword = null };

        var faults = UpstreamRules.Check(new Dictionary<string, UpstreamOptions> { ["one"] = With(null), ["two"] = other })
            .Where(fault => fault.Place == "upstreams.two.servers");

        Assert.Equal(isFault, faults.Any());
    }

    [Fact]
    public void Each_directory_knows_the_prefixes_of_the_others()
    {
        var directories = new Dictionary<string, UpstreamOptions> { ["one"] = With(null), ["two"] = With("two:"),
            ["three"] = With("three:"), ["four"] = With("four:") with { Groups = new() { Source = GroupSource.None } } };

        Assert.Equal(["two:", "three:"], UpstreamRules.PrefixesBeside("one", directories));
        Assert.Equal(["three:"], UpstreamRules.PrefixesBeside("two", directories));
    }

    private static List<SettingsFault> Faults(string? one, string? other) =>
        [.. UpstreamRules.Check(new Dictionary<string, UpstreamOptions> { ["one"] = With(one), ["two"] = With(other) })];

    private static LdapOptions With(string? prefix) => new()
    {
        Servers = ["ldaps://ldap.example.com"], BindDn = "cn=kubeidp,dc=example,dc=com", BindPassword = "secret",
            Users = new() { Base = "dc=example,dc=com" }, Groups = new() { Prefix = prefix },
    };
}
