using KubeIdP.Connectors.Ldap;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

public sealed class LdapRulesTests
{
    private static readonly LdapOptions Good = new()
    {
        Servers = ["ldaps://ldap.example.com", "ldap://[::1]:3389"],
        BindDn = "cn=kubeidp,dc=example,dc=com",
        BindPassword = "secret",
        Users = new() { Base = "ou=people,dc=example,dc=com" },
    };

    [Fact]
    public void What_the_documentation_shows_is_right() => Assert.Empty(LdapRules.Check(Good));

    [Theory]
    [InlineData("ldap.example.com")]
    [InlineData("https://ldap.example.com")]
    [InlineData("ldaps://")]
    [InlineData("ldaps://user:pass@ldap.example.com")]
    [InlineData("ldaps://ldap.example.com/dc=example")]
    public void A_server_is_a_URL_and_nothing_more(string url) => AssertFault("servers[0]", Good with { Servers = [url] });

    [Fact]
    public void The_root_is_a_base_but_for_a_domain_controller_that_is_not_asked_as_a_global_catalog()
    {
        var forest = Good with { Kind = UpstreamKind.ActiveDirectory,
            Servers = ["ldaps://dc1.example.com:3269", "ldap://dc2.example.com:3268"], Users = new() { Base = "" } };

        Assert.Empty(LdapRules.Check(Good with { Users = new() { Base = "" } }));
        Assert.Empty(LdapRules.Check(forest));
        AssertFault("users.base", forest with { Servers = ["ldaps://dc1.example.com:3269", "ldaps://dc2.example.com"] });
        AssertFault("groups.base", Good with { Kind = UpstreamKind.ActiveDirectory, Groups = new() { Base = "" } });
    }

    [Fact]
    public void Each_setting_that_is_wrong_is_named()
    {
        AssertFault("servers", Good with { Servers = [] });
        AssertFault("caFile", Good with { CaFile = "/nowhere/ca.pem" });
        AssertFault("bindDn", Good with { BindDn = null, BindPassword = null });
        AssertFault("bindDn", Good with { BindDn = "kubeidp@example.com" });
        AssertFault("bindPasswordFile", Good with { BindPassword = null });
        AssertFault("bindPasswordFile", Good with { BindPassword = null, BindPasswordFile = "/nowhere/password" });
        AssertFault("bindPassword", Good with { BindPasswordFile = "/dev/null" }, others: true);
        AssertFault("bindAs", Good with { BindAs = "uid={username},dc=example,dc=com" });
        AssertFault("bindAs", Good with { BindDn = null, BindPassword = null, BindAs = "uid=alice,dc=example,dc=com" });
        AssertFault("plainText", Good with { Servers = ["ldap://far.example.com"], PlainText = PlainText.OnLoopback });
        AssertFault("domains", Good with { Domains = ["@example.com"] });
        AssertFault("users.base", Good with { Users = new() });
        AssertFault("users.base", Good with { Users = new() { Base = "people" } });
        AssertFault("users.filter", Good with { Users = Good.Users with { Filter = "(objectClass=person" } });
        AssertFault("users.names[0]", Good with { Users = Good.Users with { Names = ["user name"] } });
        AssertFault("users.id", Good with { Users = Good.Users with { Id = "uid" } });
        AssertFault("lockOut.maxFailures", Good with { LockOut = new() { MaxFailures = -1 } });
        AssertFault("lockOut.maxFailures", Good with { LockOut = new() { MaxFailures = 1 } });
        AssertFault("lockOut.window", Good with { LockOut = new() { Window = TimeSpan.Zero } });
        AssertFault("lockOut.window", Good with { LockOut = new() { Window = TimeSpan.FromDays(31) } });
        AssertFault("groups.base", Good with { Groups = new() { Base = "groups" } });
        AssertFault("groups.source", Good with { Groups = new() { Source = GroupSource.TokenGroups } });
        AssertFault("users.id", Good with { Users = Good.Users with { Id = "userCertificate;binary" } });
        AssertFault("users.username", Good with { Users = Good.Users with { Username = "jpegPhoto" } });
        AssertFault("users.names[1]", Good with { Users = Good.Users with { Names = ["uid", "thumbnailPhoto"] } });
        AssertFault("groups.name", Good with { Groups = new() { Name = "usercertificate" } });
        AssertFault("groups.membersAre", Good with { Groups = new() { MembersAre = "the uid" } });
        AssertFault("groups.primaryGroup", Good with { Groups = new() { PrimaryGroup = "gid Number" } });
        AssertFault("groups.primaryGroup",
            Good with { Kind = UpstreamKind.ActiveDirectory, Groups = new() { PrimaryGroup = "gidNumber" } });
        AssertFault("groups.prefix", Good with { Groups = new() { Prefix = "system:" } });
        AssertFault("groups.required", Good with { Groups = new() { Source = GroupSource.None, Required = ["admins"] } });
        AssertFault("times.search", Good with { Times = new() { Search = TimeSpan.Zero } });
        AssertFault("times.connect", Good with { Times = new() { Connect = TimeSpan.FromSeconds(9) } });
    }

    [Fact]
    public void On_Active_Directory_an_account_may_be_named_as_people_are() =>
        Assert.Empty(LdapRules.Check(Good with { Kind = UpstreamKind.ActiveDirectory, BindDn = "kubeidp@example.com" }));

    [Theory]
    [InlineData("ldaps://h", PlainText.Everywhere, "Tls")]
    [InlineData("ldap://h", PlainText.Never, "StartTls")]
    [InlineData("ldap://127.0.0.1", PlainText.Never, "StartTls")]
    [InlineData("ldap://h", PlainText.OnLoopback, "StartTls")]
    [InlineData("ldap://127.0.0.1", PlainText.OnLoopback, "Plain")]
    [InlineData("ldap://localhost.example.com", PlainText.OnLoopback, "StartTls")]
    [InlineData("ldap://h", PlainText.Everywhere, "Plain")]
    public void No_password_travels_unprotected_unless_that_was_said(string url, PlainText plainText, string security) =>
        Assert.Equal(security, LdapAddress.Parse(url)!.Security(plainText).ToString());

    private static void AssertFault(string key, LdapOptions options, bool others = false)
    {
        var faults = LdapRules.Check(options).ToList();
        Assert.Contains(faults, fault => fault.Key == key);
        if (!others) Assert.All(faults, fault => Assert.Equal(key, fault.Key));
    }
}
