using KubeIdP.Connectors.Ldap;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tests.Directories;
using KubeIdP.Server.Upstreams;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

public sealed class DirectoryRulesTests
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

        Assert.Equal("directories.two.groups.prefix", fault.Place);
        Assert.Contains("those of one", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_whose_groups_are_not_read_takes_no_names() =>
        Assert.Empty(UpstreamRules.Check(new Dictionary<string, LdapOptions> { ["one"] = With("corp:"), ["two"] = With("corp:") with { Groups = new() { Source = GroupSource.None } } }));

    [Fact]
    public void Each_directory_knows_the_prefixes_of_the_others()
    {
        var directories = new Dictionary<string, LdapOptions> { ["one"] = With(null), ["two"] = With("two:"), ["three"] = With("three:"), ["four"] = With("four:") with { Groups = new() { Source = GroupSource.None } } };

        Assert.Equal(["two:", "three:"], UpstreamRules.PrefixesBeside("one", directories));
        Assert.Equal(["three:"], UpstreamRules.PrefixesBeside("two", directories));
    }

    private static List<SettingsFault> Faults(string? one, string? other) =>
        [.. UpstreamRules.Check(new Dictionary<string, LdapOptions> { ["one"] = With(one), ["two"] = With(other) })];

    private static LdapOptions With(string? prefix) => new()
    {
        Servers = ["ldaps://ldap.example.com"], BindDn = "cn=kubeidp,dc=example,dc=com", BindPassword = "secret", Users = new() { Base = "dc=example,dc=com" }, Groups = new() { Prefix = prefix },
    };
}
