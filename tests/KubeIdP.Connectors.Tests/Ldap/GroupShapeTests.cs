using System.Globalization;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
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
        var slapd = await StartAsync(("objectClass", "posixGroup"), ("gidNumber", "5000"), ("memberUid", alice),
            ("description", "Those on call"));

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
        var slapd = await StartAsync(("objectClass", "groupOfNames"), ("member", $"uid={alice},ou=people,dc=kube,dc=test"),
            ("description", "Those on call"));

        Assert.Equal(["Those on call"], await GroupsAsync(slapd, new() { Name = "description" }));
        Assert.Equal([slapd.GroupDn($"{alice}-group")], await GroupsAsync(slapd, new() { Name = "dn" }));
    }

    // People who sign in with a mail address, as POSIX groups know nobody.
    [Fact]
    public async Task Members_may_be_written_as_another_attribute_than_the_name_in_tokens()
    {
        var slapd = await StartAsync(("objectClass", "posixGroup"), ("gidNumber", "5000"), ("memberUid", alice));
        await slapd.ChangeAsync(new Ldif().Modify(slapd.PersonDn(alice), "add", "uid", $"{alice}-too"), Ct);
        var byMail = DirectoryUpstream.OptionsFor(slapd) with { Users = new() { Base = slapd.BaseDn, Names = ["mail"] } };

        Assert.Equal([$"{alice}-group"], await GroupsAsync(byMail with { Groups = new() { Member = "memberUid" } }, $"{alice}@kube.test"));
        Assert.Empty(await GroupsAsync(byMail with { Groups = new() { Member = "memberUid", MembersAre = "mail" } }, $"{alice}@kube.test"));
    }

    [Fact]
    public async Task A_person_without_what_groups_name_members_by_is_an_error_that_names_the_setting()
    {
        var slapd = await StartAsync(("objectClass", "posixGroup"), ("gidNumber", "5000"), ("memberUid", alice));
        await using var connector =
            Connect(DirectoryUpstream.OptionsFor(slapd) with { Groups = new() { Member = "memberUid", MembersAre = "employeeNumber" } });

        var answer = Assert.IsType<UpstreamAnswer.Unreachable>(await connector.AuthenticateAsync(alice, Password, Ct));

        Assert.Contains("no employeeNumber that the service account may read: see groups.membersAre", answer.Detail,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GroupSource.Search)]
    [InlineData(GroupSource.MemberOf)]
    public async Task The_primary_group_of_a_POSIX_account_counts_where_it_is_asked_for(GroupSource source)
    {
        var number = Random.Shared.Next(100_000, int.MaxValue).ToString(CultureInfo.InvariantCulture);
        var slapd = await StartAsync(("objectClass", "posixGroup"), ("gidNumber", number));
        await slapd.AddGroupAsync($"{alice}-other", [slapd.PersonDn(alice)], Ct);
        await slapd.AddPersonAsync($"{alice}-colleague", Password, Ct);
        foreach (var name in new[] { alice, $"{alice}-colleague" })
            await slapd.ChangeAsync(new Ldif().Modify(slapd.PersonDn(name), "add", "objectClass", "testEntry")
                .Modify(slapd.PersonDn(name), "add", "gidNumber", number), Ct);

        Assert.Equal([$"{alice}-group", $"{alice}-other"], await GroupsAsync(slapd, new() { Source = source, PrimaryGroup = "gidNumber" }));
        Assert.Equal([$"{alice}-other"], await GroupsAsync(slapd, new() { Source = source }));
        Assert.Equal([slapd.GroupDn($"{alice}-group"), slapd.GroupDn($"{alice}-other")],
            await GroupsAsync(slapd, new() { Source = source, Name = "dn", PrimaryGroup = "gidNumber" }));
    }

    private async Task<Slapd> StartAsync(params (string Name, string Value)[] group)
    {
        var slapd = await SharedDirectories.SlapdAsync();
        await slapd.AddPersonAsync(alice, Password, Ct);
        await slapd.ChangeAsync(new Ldif().Add(slapd.GroupDn($"{alice}-group"), [("cn", $"{alice}-group"), .. group]), Ct);
        return slapd;
    }

    private Task<IReadOnlyList<string>> GroupsAsync(Slapd slapd, LdapGroupOptions groups) =>
        GroupsAsync(DirectoryUpstream.OptionsFor(slapd) with { Groups = groups }, alice);

    private static async Task<IReadOnlyList<string>> GroupsAsync(LdapOptions options, string typed)
    {
        await using var connector = Connect(options);
        var login = Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(typed, Password, Ct)).Identity;
        var lookUp = Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(login.UpstreamId, Ct)).Identity;
        Assert.Equal(login.Groups, lookUp.Groups);
        return login.Groups;
    }

    private static LdapConnector Connect(LdapOptions options) =>
        (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);
}
