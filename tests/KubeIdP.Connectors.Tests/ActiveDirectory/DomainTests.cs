using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.ActiveDirectory;

/// <summary>What a domain controller answers about accounts that only Active Directory has, and how the connector reads it.</summary>
public sealed class DomainTests : IAsyncLifetime
{
    private const string Password = "a right good password";

    private readonly string alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";
    private SambaDomain domain = null!;
    private LdapConnector connector = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        domain = await SharedDirectories.SambaAsync();
        await domain.AddPersonAsync(alice, Password, Ct);
        connector = Connect(Options);
    }

    public ValueTask DisposeAsync() => connector.DisposeAsync();

    private LdapOptions Options => DirectoryUpstream.OptionsFor(domain) with { Domains = [SambaDomain.NetBiosName, SambaDomain.DnsName] };

    [Fact]
    public async Task That_an_account_has_expired_is_said_only_with_the_right_password()
    {
        var known = await KnownAsync();

        await domain.ExpireAsync(alice, DateTimeOffset.UtcNow.AddMinutes(-1), Ct);

        Assert.Equal(Proven(Refusal.Expired), await connector.AuthenticateAsync(alice, Password, Ct));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.WrongPassword), await connector.AuthenticateAsync(alice, "wrong", Ct));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Expired), await connector.LookUpAsync(known.UpstreamId, Ct));
    }

    // Of the service account: when it expires, nobody can sign in.
    [Theory]
    [InlineData("dn")]
    [InlineData("upn")]
    [InlineData("old")]
    public async Task When_the_password_of_the_service_account_ends_is_known(string form)
    {
        var name = form switch { "dn" => domain.PersonDn(alice), "upn" => $"{alice}@{SambaDomain.DnsName}",
            _ => $@"{SambaDomain.NetBiosName}\{alice}" };
        await using var own = Connect(Options with { BindDn = name, BindPasswordFile = null, BindPassword = Password });

        var end = await own.PasswordEndsAtAsync(Ct);
        await domain.LetPasswordNeverEndAsync(alice, Ct);
        var never = await own.PasswordEndsAtAsync(Ct);

        // The domain's policy, 42 days when nobody has changed it.
        Assert.InRange(end!.Value, DateTimeOffset.UtcNow.AddDays(41), DateTimeOffset.UtcNow.AddDays(43));
        Assert.Null(never);
    }

    [Fact]
    public async Task That_a_password_must_be_changed_is_said_only_with_the_right_one()
    {
        var known = await KnownAsync();

        await domain.DemandNewPasswordAsync(alice, Ct);

        Assert.Equal(Proven(Refusal.MustChangePassword), await connector.AuthenticateAsync(alice, Password, Ct));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.WrongPassword), await connector.AuthenticateAsync(alice, "wrong", Ct));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.MustChangePassword), await connector.LookUpAsync(known.UpstreamId, Ct));
    }

    // The flag exempts the account from what the other attribute says, and the bind succeeds.
    [Fact]
    public async Task A_person_whom_the_domain_lets_in_by_all_their_attributes_is_let_in()
    {
        var known = await KnownAsync();

        await domain.DemandNewPasswordAsync(alice, Ct);
        await domain.LetPasswordNeverEndAsync(alice, Ct);

        Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(alice, Password, Ct));
        Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(known.UpstreamId, Ct));
    }

    [Fact]
    public async Task A_forest_is_asked_through_its_global_catalog()
    {
        await domain.AddGroupAsync($"{alice}-group", [domain.PersonDn(alice)], Ct);
        var options = Options with { Servers = [$"ldaps://{domain.Host}:3269"],
            Users = new() { Base = "", Names = ["userPrincipalName"], Username = "sAMAccountName" } };
        Assert.Empty(LdapRules.Check(options));
        await using var forest = Connect(options);

        var known = Assert.IsType<UpstreamAnswer.Known>(
            await forest.AuthenticateAsync($"{alice}@{SambaDomain.DnsName}", Password, Ct)).Identity;
        var again = await forest.LookUpAsync(known.UpstreamId, Ct);
        var findings = await LdapDiagnostics.RunAsync(new ConnectorId("corp"), options, [], $"{alice}@{SambaDomain.DnsName}",
            TimeProvider.System, Ct);
        await domain.DeleteAsync(domain.PersonDn(alice), Ct);

        Assert.Equal(alice, known.Username);
        Assert.Contains($"{alice}-group", known.Groups);
        Assert.IsType<UpstreamAnswer.Known>(again);
        Assert.All(findings, finding => Assert.True(finding.Ok, $"{finding}"));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.Unknown), await forest.LookUpAsync(known.UpstreamId, Ct));
    }

    [Fact]
    public async Task That_an_account_is_disabled_is_said_only_with_the_right_password()
    {
        await domain.DisableAsync(alice, Ct);

        Assert.Equal(Proven(Refusal.Disabled), await connector.AuthenticateAsync(alice, Password, Ct));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.WrongPassword), await connector.AuthenticateAsync(alice, "wrong", Ct));
    }

    [Fact]
    public async Task A_lock_by_wrong_guesses_bars_the_login_and_no_session()
    {
        var known = await KnownAsync();

        for (var i = 0; i < 6; i++) await connector.AuthenticateAsync(alice, "wrong", Ct);

        Assert.Equal(new UpstreamAnswer.Refused(Refusal.LockedOut), await connector.AuthenticateAsync(alice, Password, Ct));
        Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(known.UpstreamId, Ct));
    }

    [Fact]
    public async Task A_person_is_the_same_with_either_name_of_the_domain_and_after_a_move()
    {
        var id = (await KnownAsync()).UpstreamId;

        foreach (var typed in new[] { $@"{SambaDomain.NetBiosName}\{alice}", $"{alice}@{SambaDomain.DnsName}",
            $"{alice}@{SambaDomain.DnsName.ToUpperInvariant()}" })
            Assert.Equal(id, (await KnownAsync(typed)).UpstreamId);
        await domain.MoveAsync(alice, Ct);
        Assert.Equal(id, (await KnownAsync()).UpstreamId);
        Assert.IsType<UpstreamAnswer.Known>(await connector.LookUpAsync(id, Ct));
    }

    [Theory]
    [InlineData(GroupSource.TokenGroups)]
    [InlineData(GroupSource.InChain)]
    public async Task Groups_within_groups_and_the_primary_group_count(GroupSource source)
    {
        await domain.AddGroupAsync($"{alice}-inner", [domain.PersonDn(alice)], Ct);
        await domain.AddGroupAsync($"{alice}-middle", [domain.GroupDn($"{alice}-inner")], Ct);
        await domain.AddGroupAsync($"{alice}-outer", [domain.GroupDn($"{alice}-middle")], Ct);
        await using var asking = Connect(Options with { Groups = new() { Source = source } });

        var groups = Assert.IsType<UpstreamAnswer.Known>(await asking.AuthenticateAsync(alice, Password, Ct)).Identity.Groups;

        Assert.Superset(new HashSet<string> { $"{alice}-inner", $"{alice}-middle", $"{alice}-outer", "Domain Users" }, groups.ToHashSet());
    }

    [Fact]
    public async Task People_can_sign_in_directly_by_their_principal_name()
    {
        await domain.AddGroupAsync($"{alice}-group", [domain.PersonDn(alice)], Ct);
        var direct = LdapConnector.Create(new ConnectorId("corp"),
            Options with { BindDn = null, BindPasswordFile = null, BindAs = $"{{username}}@{SambaDomain.DnsName}" }, [],
            TimeProvider.System);
        await using var disposal = (IAsyncDisposable)direct;

        var known = Assert.IsType<UpstreamAnswer.Known>(await direct.AuthenticateAsync(alice, Password, Ct)).Identity;

        Assert.Equal((await KnownAsync()).UpstreamId, known.UpstreamId);
        Assert.Contains($"{alice}-group", known.Groups);
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.WrongPassword), await direct.AuthenticateAsync(alice, "wrong", Ct));
    }

    private static UpstreamAnswer.Refused Proven(Refusal reason) => new(reason) { IdentityProven = true };

    private static LdapConnector Connect(LdapOptions options) =>
        (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);

    private async Task<UpstreamIdentity> KnownAsync(string? typed = null)
    {
        var answer = await connector.AuthenticateAsync(typed ?? alice, Password, Ct);
        return answer is UpstreamAnswer.Known known ? known.Identity : throw new InvalidOperationException($"Not known, but {answer}.");
    }
}
