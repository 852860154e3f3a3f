using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>A group that can't stand in a token is left out, and always reported.</summary>
public sealed class GroupsLeftOutTests : IAsyncLifetime
{
    private const string Password = "a right good password";
    private const string Good = "a group like any other";

    private readonly string alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";
    private Slapd slapd = null!;
    private LdapGroupOptions groups = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        slapd = await SharedDirectories.SlapdAsync();
        await slapd.AddPersonAsync(alice, Password, Ct);

        // Names of all shapes are in an attribute that no DN holds; each test looks at its own groups alone.
        groups = new() { Name = "description", Filter = $"(o={alice})" };
        await AddAsync("good", Good);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static TheoryData<string, GroupFault, string> Unusable => new()
    {
        { new string('x', 257), GroupFault.NotAllowed, "is longer than 256 characters" },
        { " outer", GroupFault.NotAllowed, "begins or ends with a space" },
        { "outer\u00a0", GroupFault.NotAllowed, "begins or ends with a space" },
        { "admi\u200bns", GroupFault.NotAllowed, @"admi\u{200B}ns, holds a control character" },
        { "admi\tns", GroupFault.NotAllowed, @"admi\u{0009}ns, holds a control character" },
        { "admi\u3164ns", GroupFault.NotAllowed, "holds a control character" },
        { "system:masters", GroupFault.NotAllowed, "Kubernetes reserves" },
        { "lab:platform", GroupFault.ForeignPrefix, "begins with lab:" },
        { "LAB:platform", GroupFault.ForeignPrefix, "begins with lab:" },
        { "lab:", GroupFault.ForeignPrefix, "begins with lab:" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task A_name_that_can_not_stand_in_a_token_leaves_the_group_out(string name, GroupFault fault, string why)
    {
        await AddAsync("bad", name);

        await AssertLeftOutAsync(groups, "bad", fault, why);
    }

    [Fact]
    public async Task A_name_that_is_too_long_with_its_prefix_leaves_the_group_out()
    {
        await AddAsync("bad", new string('x', 252));

        await AssertLeftOutAsync(groups with { Prefix = "corp:" }, "bad", GroupFault.NotAllowed, "is longer than 256 characters");
    }

    // Somebody who names a group like a subject of Kubernetes would otherwise have what RBAC gives to that subject.
    [Fact]
    public async Task A_prefix_that_makes_a_reserved_name_leaves_the_group_out()
    {
        await AddAsync("bad", "tem:masters");

        await AssertLeftOutAsync(groups with { Prefix = "sys" }, "bad", GroupFault.NotAllowed, "Kubernetes reserves");
    }

    [Fact]
    public async Task A_DN_that_is_too_long_leaves_the_group_out()
    {
        await AddAsync(new string('x', 220), "a short name");

        await AssertLeftOutAsync(groups with { Name = "dn" }, new string('x', 220), GroupFault.NotAllowed, "is longer than 256 characters");
    }

    [Fact]
    public async Task A_group_without_a_name_or_with_several_is_left_out()
    {
        await AddAsync("nameless");
        await AssertLeftOutAsync(groups, "nameless", GroupFault.Nameless, "has no description");

        await AddAsync("nameless-too", "one", "another");
        await AssertLeftOutAsync(groups with { Filter = $"(&(o={alice})(description=*))" }, "nameless-too", GroupFault.ManyNames,
            "several values of description");
    }

    [Fact]
    public async Task Of_several_names_the_one_in_the_DN_counts()
    {
        await AddAsync("several", "any");
        await slapd.ChangeAsync(new Ldif().Modify(Dn("several"), "add", "cn", "000-first", "zzz-last"), Ct);

        var answer = await AskAsync(groups with { Name = "cn" });

        Assert.Empty(answer.Remarks);
        Assert.Equal([$"{alice}-good", $"{alice}-several"], answer.Identity.Groups);
    }

    [Fact]
    public async Task A_name_of_bytes_that_are_no_text_leaves_the_group_out()
    {
        await AddAsync("bytes", "any");
        await slapd.ChangeAsync(new Ldif().Modify(Dn("bytes"), "add", "objectClass", "testEntry")
            .Modify(Dn("bytes"), "add", "testBytes", [[0xFF, 0xFE]]), Ct);

        var answer = await AskAsync(groups with { Name = "testBytes", Filter = $"(&(o={alice})(testBytes=*))" });

        Assert.Equal(GroupFault.NoText, Assert.IsType<UpstreamRemark.GroupLeftOut>(Assert.Single(answer.Remarks)).Fault);
        Assert.Empty(answer.Identity.Groups);
    }

    [Fact]
    public async Task Of_two_groups_of_one_name_one_is_left_out()
    {
        await AddAsync("same-1", "platform-admins");
        await AddAsync("same-2", "platform-admins");

        var answer = await AskAsync(groups);

        Assert.Equal([Good, "platform-admins"], answer.Identity.Groups);
        var leftOut = Assert.IsType<UpstreamRemark.GroupLeftOut>(Assert.Single(answer.Remarks));
        Assert.Equal((Dn("same-2"), GroupFault.SameName), (leftOut.Group, leftOut.Fault));
        Assert.Contains(Dn("same-1"), leftOut.Why, StringComparison.Ordinal);
    }

    // Somebody who may create a group anywhere below the base can give it the name of another.
    [Fact]
    public async Task The_diagnostics_warn_of_equal_names_of_which_nobody_has_two()
    {
        await slapd.ChangeAsync(new Ldif()
            .Add(slapd.PersonDn($"{alice}-lead"), ("objectClass", "inetOrgPerson"), ("uid", $"{alice}-lead"), ("cn", "lead"),
                ("sn", "lead")), Ct);
        await AddAsync("admins", "platform-admins");
        await slapd.ChangeAsync(new Ldif()
            .Add(Dn("own"), ("objectClass", "groupOfNames"), ("cn", $"{alice}-own"), ("o", alice), ("description", "platform-admins"),
                ("member", slapd.PersonDn($"{alice}-lead"))), Ct);

        var findings = await DiagnoseAsync(groups);

        var doubt = Assert.Single(findings, finding => finding.Fix is not null);
        Assert.Equal(("groups.name", true), (doubt.Key, doubt.Ok));
        Assert.All(["admins", "own"], name => Assert.Contains(Dn(name), doubt.What, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_diagnostics_count_what_they_do_not_show()
    {
        for (var i = 0; i < 8; i++) await AddAsync($"bad-{i}", $" {i}");

        var doubts = (await DiagnoseAsync(groups)).Where(finding => finding is { Key: "groups", Fix: not null }).ToList();

        Assert.Equal(6, doubts.Count);
        Assert.Contains("8 groups are left out", doubts[^1].What, StringComparison.Ordinal);
    }

    private string Dn(string name) => slapd.GroupDn($"{alice}-{name}");

    private Task AddAsync(string name, params string[] descriptions) => slapd.ChangeAsync(
        new Ldif().Add(Dn(name),
            [("objectClass", "groupOfNames"), ("cn", $"{alice}-{name}"), ("o", alice), ("member", slapd.PersonDn(alice)),
                .. descriptions.Select(description => ("description", description))]), Ct);

    /// <summary>By a login, by a look-up, and in what the diagnostics say.</summary>
    private async Task AssertLeftOutAsync(LdapGroupOptions options, string group, GroupFault fault, string why)
    {
        var answer = await AskAsync(options);
        var doubts = (await DiagnoseAsync(options)).Where(finding => finding.Fix is not null).ToList();

        Assert.Equal([options.Name == "dn" ? Dn("good") : options.Prefix + Good], answer.Identity.Groups);
        var leftOut = Assert.IsType<UpstreamRemark.GroupLeftOut>(Assert.Single(answer.Remarks));
        Assert.Equal(fault, leftOut.Fault);
        Assert.StartsWith(leftOut.Group.TrimEnd('…'), Dn(group), StringComparison.Ordinal);
        Assert.Contains(why, leftOut.Why, StringComparison.Ordinal);
        Assert.Equal(["groups", "login"], doubts.Select(doubt => doubt.Key));
        Assert.All(doubts, doubt => Assert.Equal((true, leftOut.Words), (doubt.Ok, doubt.What)));
    }

    private LdapOptions Options(LdapGroupOptions options) => DirectoryUpstream.OptionsFor(slapd) with { Groups = options };

    private async Task<UpstreamAnswer.Known> AskAsync(LdapGroupOptions options)
    {
        await using var connector = (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), Options(options), ["lab:"],
            TimeProvider.System);
        var login = Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(alice, Password, Ct));
        var lookUp = Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(login.Identity.UpstreamId, Ct));
        Assert.Equal(login.Identity.Groups, lookUp.Identity.Groups);
        Assert.Equal(login.Remarks, lookUp.Remarks);
        return login;
    }

    private Task<IReadOnlyList<SettingFinding>> DiagnoseAsync(LdapGroupOptions options) =>
        LdapDiagnostics.RunAsync(new ConnectorId("corp"), Options(options), ["lab:"], alice, TimeProvider.System, Ct);
}
