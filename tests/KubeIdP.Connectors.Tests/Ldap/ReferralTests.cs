using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>Directories of which a part lies on other servers.</summary>
public sealed class ReferralTests
{
    private const string Password = "A right good password 1";
    private const string There = "ldap://elsewhere.example/ou=there,dc=kube,dc=test";

    private readonly string id = Guid.NewGuid().ToString("N")[..8];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // RFC 3296: an object that refers elsewhere, or a person or a group whose own entry does, such as 389 Directory Server calls smart
    // referrals.
    [Theory]
    [InlineData("slapd")]
    [InlineData("389")]
    public async Task Objects_that_refer_to_another_server_stop_nobody_and_keep_nobody_who_has_left(string kind)
    {
        var directory = await DirectoryAsync(kind);
        var site = await AddSiteAsync(directory);

        // In OpenLDAP such an object has no other structure.
        (string, string)[] person = kind == "389" ? Person("bob") : [("uid", $"bob-{id}")];
        (string, string)[] group = kind == "389" ? [("objectClass", "groupOfNames")] : [];
        await directory.ChangeAsync(new Ldif()
            .Add($"ou=there,{site}", Referral(("ou", "there")))
            .Add($"uid=bob-{id},{site}", Referral(person))
            .Add($"cn=far-{id},{site}", Referral([.. group, ("cn", $"far-{id}"), ("member", $"uid=alice-{id},{site}")])), Ct);
        var options = Options(directory, site);
        await using var connector = Connect(options);

        var login = await KnownAsync(connector);
        var lookUp = Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(login.UpstreamId, Ct)).Identity;
        var bob = await connector.AuthenticateAsync($"bob-{id}", Password, Ct);
        var findings = await DiagnoseAsync(options);
        await directory.DeleteAsync($"uid=alice-{id},{site}", Ct);
        var left = await connector.LookUpAsync(login.UpstreamId, Ct);

        Assert.Equal([$"near-{id}"], login.Groups);
        Assert.Equal(login.Groups, lookUp.Groups);
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), bob);
        Assert.All(findings, finding => Assert.True(finding.Ok, $"{finding}"));
        Assert.Contains(findings,
            finding => finding.Key == "users.base" && finding.What.Contains("elsewhere.example", StringComparison.Ordinal));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), left);
    }

    [Theory]
    [InlineData("slapd")]
    [InlineData("389")]
    public async Task A_base_on_another_server_is_an_outage_that_the_diagnostics_name(string kind)
    {
        var directory = await DirectoryAsync(kind);
        var site = await AddSiteAsync(directory);
        await directory.ChangeAsync(new Ldif().Add($"ou=there,{site}", Referral(("ou", "there"))), Ct);
        var here = Options(directory, site);
        await using var right = Connect(here);
        var known = await KnownAsync(right);
        var users = here with { Users = here.Users with { Base = $"ou=there,{site}" }, Groups = new() { Base = site } };
        var groups = here with { Groups = new() { Base = kind == "389" ? $"ou=there,{site}" : $"ou=below,ou=there,{site}" } };

        foreach (var (key, options) in new[] { ("users.base", users), ("groups.base", groups) })
        {
            await using var connector = Connect(options);
            var wrong = Assert.Single(await DiagnoseAsync(options), finding => !finding.Ok);

            Assert.Equal(key, wrong.Key);
            Assert.Contains("elsewhere.example", wrong.What, StringComparison.Ordinal);
            Assert.IsType<UpstreamAnswer.Unreachable>(await connector.LookUpAsync(known.UpstreamId, Ct));
        }
    }

    // As 389 Directory Server does with a part that has a database of its own while a supplier fills it anew: nobody in it has left.
    [Fact]
    public async Task A_part_that_is_missing_for_a_time_makes_nobody_unknown_and_takes_no_groups()
    {
        await using var directory = await Ds389.StartNewAsync(Ct);
        var site = await AddSiteAsync(directory);
        await directory.AddReferringPartAsync("part", site, There, Ct);
        var whole = Options(directory, site);
        var apart = whole with { Groups = new() { Base = directory.GroupsDn } };
        await using var both = Connect(whole);
        await using var people = Connect(apart);

        var known = await KnownAsync(people);
        var lookUp = await people.LookUpAsync(known.UpstreamId, Ct);
        var stranger = await people.AuthenticateAsync("nobody", Password, Ct);
        var login = await both.AuthenticateAsync($"alice-{id}", Password, Ct);
        var findings = await DiagnoseAsync(whole);
        await directory.DeleteAsync($"uid=alice-{id},{site}", Ct);
        var gone = await people.LookUpAsync(known.UpstreamId, Ct);

        Assert.IsType<UpstreamAnswer.Known>(lookUp);
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), stranger);
        Assert.Contains("elsewhere.example", Assert.IsType<UpstreamAnswer.Unreachable>(login).Detail, StringComparison.Ordinal);
        Assert.Equal("users.base", Assert.Single(findings, finding => !finding.Ok).Key);
        Assert.IsType<UpstreamAnswer.Unreachable>(gone);
    }

    [Fact]
    public async Task The_root_of_a_domain_needs_no_kind()
    {
        var domain = await SharedDirectories.SambaAsync();
        var alice = $"alice-{id}";
        await domain.AddPersonAsync(alice, Password, Ct);
        await domain.AddGroupAsync($"near-{id}", [domain.PersonDn(alice)], Ct);
        var options = DirectoryUpstream.OptionsFor(domain) with
        {
            Kind = UpstreamKind.Ldap,
            Users = new() { Base = domain.BaseDn, Filter = "(objectClass=user)", Names = ["sAMAccountName"], Id = "objectGUID" },
        };
        await using var connector = Connect(options);

        var known = await KnownAsync(connector);
        await domain.DeleteAsync(domain.PersonDn(alice), Ct);

        Assert.Equal([$"near-{id}"], known.Groups);
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), await connector.LookUpAsync(known.UpstreamId, Ct));
    }

    /// <summary>A place with a person and a group that no other test sees.</summary>
    private async Task<string> AddSiteAsync(TestDirectory directory)
    {
        var site = $"ou=site-{id},{directory.BaseDn}";
        await directory.ChangeAsync(new Ldif()
            .Add(site, ("objectClass", "organizationalUnit"), ("ou", $"site-{id}"))
            .Add($"uid=alice-{id},{site}", Person("alice"))
            .Add($"cn=near-{id},{site}", ("objectClass", "groupOfNames"), ("cn", $"near-{id}"), ("member", $"uid=alice-{id},{site}")), Ct);
        return site;
    }

    private static (string, string)[] Referral(params IEnumerable<(string, string)> more) =>
        [("objectClass", "referral"), ("objectClass", "extensibleObject"), .. more, ("ref", There)];

    private (string, string)[] Person(string name) =>
        [("objectClass", "inetOrgPerson"), ("uid", $"{name}-{id}"), ("cn", name), ("sn", name), ("userPassword", Password)];

    private static async Task<TestDirectory> DirectoryAsync(string kind) =>
        kind == "389" ? await SharedDirectories.Ds389Async() : await SharedDirectories.SlapdAsync();

    private static LdapOptions Options(TestDirectory directory, string site)
    {
        var options = DirectoryUpstream.OptionsFor(directory);
        return options with { Users = options.Users with { Base = site } };
    }

    private static LdapConnector Connect(LdapOptions options) =>
        (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);

    private static Task<IReadOnlyList<SettingFinding>> DiagnoseAsync(LdapOptions options) =>
        LdapDiagnostics.RunAsync(new ConnectorId("corp"), options, [], username: null, TimeProvider.System, Ct);

    private async Task<UpstreamIdentity> KnownAsync(LdapConnector connector) =>
        await connector.AuthenticateAsync($"alice-{id}", Password, Ct) switch
    {
        UpstreamAnswer.Known known => known.Identity,
        var answer => throw new InvalidOperationException($"Not known, but {answer}."),
    };
}
