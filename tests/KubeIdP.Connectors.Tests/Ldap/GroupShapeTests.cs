using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using KubeIdP.Testing.Directories;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>The ways in which directories write down who is in a group, and what a group is called.</summary>
public sealed class GroupShapeTests
{
    private const string Password = "a right good password";

    private readonly string alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_may_be_written_as_user_names()
    {
        var slapd = await StartAsync(("objectClass", "posixGroup"), ("gidNumber", "5000"), ("memberUid", alice), ("description", "Those on call"));

        Assert.Equal([$"{alice}-group"], await GroupsAsync(slapd, new() { Member = "memberUid" }));
    }

    [Fact]
    public async Task Members_may_be_written_as_unique_members()
    {
        var slapd = await StartAsync(("objectClass", "groupOfUniqueNames"), ("uniqueMember", $"uid={alice},ou=people,dc=kube,dc=test"));

        Assert.Equal([$"{alice}-group"], await GroupsAsync(slapd, new() { Member = "uniqueMember" }));
    }

    [Fact]
    public async Task A_group_may_be_called_by_any_attribute_or_by_its_whole_name()
    {
        var slapd = await StartAsync(("objectClass", "groupOfNames"), ("member", $"uid={alice},ou=people,dc=kube,dc=test"), ("description", "Those on call"));

        Assert.Equal(["Those on call"], await GroupsAsync(slapd, new() { Name = "description" }));
        Assert.Equal([slapd.GroupDn($"{alice}-group")], await GroupsAsync(slapd, new() { Name = "dn" }));
    }

    private async Task<Slapd> StartAsync(params (string Name, string Value)[] group)
    {
        var slapd = await SharedDirectories.SlapdAsync();
        await slapd.AddPersonAsync(alice, Password, Ct);
        await slapd.ChangeAsync(new Ldif().Add(slapd.GroupDn($"{alice}-group"), [("cn", $"{alice}-group"), .. group]), Ct);
        return slapd;
    }

    private async Task<IReadOnlyList<string>> GroupsAsync(Slapd slapd, LdapGroupOptions groups)
    {
        await using var connector = (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), DirectoryUpstream.OptionsFor(slapd) with { Groups = groups }, TimeProvider.System);
        var login = Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(alice, Password, Ct)).Identity;
        var lookUp = Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(login.UpstreamId, Ct)).Identity;
        Assert.Equal(login.Groups, lookUp.Groups);
        return login.Groups;
    }
}
