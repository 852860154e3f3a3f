using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>Limits of a directory server that cut its answers.</summary>
public sealed class ServerLimitTests
{
    private const string Password = "A right good password 1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // As slapd comes: five hundred entries for a search, however many pages they are asked for in. The setting is the one that the message
    // names.
    [Theory]
    [InlineData("", false)]
    [InlineData("limits dn.exact=\"cn=reader,dc=kube,dc=test\" size=unlimited", true)]
    public async Task Somebody_in_more_groups_than_the_server_gives_out_is_an_outage_that_says_what_to_set(string setting, bool isEnough)
    {
        await using var slapd = await Slapd.StartNewAsync("sizelimit size.soft=500 size.hard=500 size.prtotal=hard", setting, Ct);
        await slapd.AddPersonAsync("alice", Password, Ct);
        var groups = new Ldif();
        for (var i = 0; i < 501; i++)
            groups.Add(slapd.GroupDn($"g{i}"), ("objectClass", "groupOfNames"), ("cn", $"g{i}"), ("member", slapd.PersonDn("alice")));
        await slapd.ChangeAsync(groups, Ct);
        var options = DirectoryUpstream.OptionsFor(slapd);
        await using var connector = Connect(options);

        var answer = await connector.AuthenticateAsync("alice", Password, Ct);
        var findings = await LdapDiagnostics.RunAsync(new ConnectorId("corp"), options, [], "alice", TimeProvider.System, Ct);

        if (isEnough)
        {
            Assert.Equal(501, Assert.IsType<UpstreamAnswer.Known>(answer).Identity.Groups.Count);
            Assert.All(findings, finding => Assert.True(finding.Ok, $"{finding}"));
        }
        else
        {
            Assert.Contains("size=unlimited", Assert.IsType<UpstreamAnswer.Unreachable>(answer).Detail, StringComparison.Ordinal);
            Assert.Contains("size=unlimited", Assert.Single(findings, finding => !finding.Ok).What, StringComparison.Ordinal);
        }
    }

    // slapd-meta(5) answers for several directories. With "continue" it does not report one that is down, and the people in it look as if
    // they had left.
    [Theory]
    [InlineData("continue", typeof(UpstreamAnswer.Refused))]
    [InlineData("stop", typeof(UpstreamAnswer.Unreachable))]
    public async Task People_behind_a_proxy_have_not_left_when_their_directory_is_dead_and_the_proxy_says_so(string onError, Type expected)
    {
        var near = await SharedDirectories.SlapdAsync();
        await using var far = await Slapd.StartNewAsync(Ct);
        var alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";
        await far.AddPersonAsync(alice, Password, Ct);
        await using var proxy = await Slapd.StartNewAsync($"""
            moduleload back_ldap
            moduleload back_meta
            database meta
            suffix dc=meta,dc=test
            onerr {onError}
            uri "ldap://127.0.0.1:{near.Port}/dc=meta,dc=test"
            suffixmassage "dc=meta,dc=test" "dc=kube,dc=test"
            idassert-bind bindmethod=simple binddn="{near.ReaderDn}" credentials="{near.ReaderPassword}" mode=none
            idassert-authzFrom "*"
            uri "ldap://127.0.0.1:{far.Port}/ou=far,dc=meta,dc=test"
            suffixmassage "ou=far,dc=meta,dc=test" "ou=people,dc=kube,dc=test"
            idassert-bind bindmethod=simple binddn="{far.ReaderDn}" credentials="{far.ReaderPassword}" mode=none
            idassert-authzFrom "*"
            """, Ct);
        var options = DirectoryUpstream.OptionsFor(proxy) with { Users = new() { Base = "dc=meta,dc=test" },
            Groups = new() { Source = GroupSource.None } };
        await using var connector = Connect(options);
        var known = Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(alice, Password, Ct)).Identity;

        await far.StopAsync();
        var answer = await connector.LookUpAsync(known.UpstreamId, Ct);

        // The proxy notices the end of a connection that it had open, and that one answer is an error, whatever onerr says.
        for (var tries = 0; answer.GetType() != expected && tries < 100; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
            answer = await connector.LookUpAsync(known.UpstreamId, Ct);
        }

        Assert.IsType(expected, answer);
    }

    [Fact]
    public async Task The_root_is_a_base_where_a_server_has_one()
    {
        var ds = await SharedDirectories.Ds389Async();
        var alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";
        await ds.AddPersonAsync(alice, Password, Ct);
        await ds.AddPersonAsync($"{alice}-too", Password, Ct);
        await ds.AddGroupAsync($"{alice}-group", [ds.PersonDn(alice)], Ct);
        var options = DirectoryUpstream.OptionsFor(ds);
        options = options with { Users = options.Users with { Base = "" } };
        await using var connector = Connect(options);

        var known = Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(alice, Password, Ct)).Identity;
        var findings = await LdapDiagnostics.RunAsync(new ConnectorId("corp"), options, [], alice, TimeProvider.System, Ct);
        await ds.DeleteAsync(ds.PersonDn(alice), Ct);

        Assert.Equal([$"{alice}-group"], known.Groups);
        Assert.All(findings, finding => Assert.True(finding.Ok, $"{finding}"));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), await connector.LookUpAsync(known.UpstreamId, Ct));
    }

    private static LdapConnector Connect(LdapOptions options) =>
        (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);
}
