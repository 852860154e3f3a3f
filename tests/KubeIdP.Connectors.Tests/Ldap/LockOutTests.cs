using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>What real directories show of how they lock accounts, and that a password goes to them only after it may.</summary>
public sealed class LockOutTests
{
    private const string Password = "A right good password 1";

    private readonly string alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_OpenLDAP_the_strictest_policy_counts_for_accounts_that_name_none()
    {
        await using var slapd = await Slapd.StartNewAsync(Ct);
        await slapd.AddPersonAsync(alice, Password, Ct);
        var options = DirectoryUpstream.OptionsFor(slapd);

        Assert.Equal(new LockOut(5, null), await LockOutAsync(options, alice));
        await slapd.ChangeAsync(new Ldif().Modify($"cn=policy,{slapd.BaseDn}", "replace", "pwdFailureCountInterval", "900"), Ct);
        Assert.Equal(new LockOut(5, TimeSpan.FromMinutes(15)), await LockOutAsync(options, alice));
        await slapd.ChangeAsync(new Ldif().Modify($"cn=policy,{slapd.BaseDn}", "replace", "pwdLockout", "FALSE"), Ct);
        Assert.Null(await LockOutAsync(options, alice));
        await slapd.DeleteAsync($"cn=policy,{slapd.BaseDn}", Ct);
        Assert.True((await LockOutAsync(options, alice))!.IsAssumed);
    }

    [Fact]
    public async Task The_policy_that_a_person_of_OpenLDAP_names_counts_alone_and_so_does_what_was_typed_wrong_there()
    {
        var slapd = await SharedDirectories.SlapdAsync();
        await AddWithPolicyAsync(slapd, "pwdPolicy", ("objectClass", "organizationalRole"), ("pwdAttribute", "userPassword"),
            ("pwdLockout", "TRUE"), ("pwdMaxFailure", "7"), ("pwdFailureCountInterval", "300"));
        var options = DirectoryUpstream.OptionsFor(slapd);

        var before = await LockOutAsync(options, alice);
        for (var i = 0; i < 2; i++) await TryAsync(options, alice, "wrong");

        Assert.Equal(new LockOut(7, TimeSpan.FromMinutes(5)), before);
        Assert.Equal(before! with { Failures = 2, ShowsFailures = true }, await LockOutAsync(options, alice));
    }

    // slapo-ppolicy(5): pwdMinDelay locks for so long after the first wrong password, for twice as long after each further one, also
    // without pwdLockout.
    [Fact]
    public async Task A_lock_of_OpenLDAP_that_grows_counts_from_when_it_is_longer_than_a_minute()
    {
        await using var slapd = await Slapd.StartNewAsync(Ct);
        await slapd.AddPersonAsync(alice, Password, Ct);
        var policy = $"cn=policy,{slapd.BaseDn}";

        foreach (var (first, longest, locks, most, expected) in ((string, string, string, string, int?)[])
            [("4", "3600", "FALSE", "0", 5), ("4", "3600", "TRUE", "3", 3), ("120", "3600", "FALSE", "0", 1),
                ("4", "60", "FALSE", "0", null), ("4", "60", "TRUE", "9", 9)])
        {
            await slapd.ChangeAsync(
                new Ldif().Modify(policy, "replace", "pwdMinDelay", first).Modify(policy, "replace", "pwdMaxDelay", longest)
                    .Modify(policy, "replace", "pwdLockout", locks).Modify(policy, "replace", "pwdMaxFailure", most), Ct);
            Assert.Equal((first, longest, expected),
                (first, longest, (await LockOutAsync(DirectoryUpstream.OptionsFor(slapd), alice))?.MaxFailures));
        }
    }

    // slapd in the place of FreeIPA, with the attributes that it has of a person and of a policy.
    [Fact]
    public async Task FreeIPA()
    {
        await using var slapd = await Slapd.StartNewAsync("""
            attributetype ( 1.3.6.1.4.1.5322.21.2.1 NAME 'krbPwdMaxFailure' EQUALITY integerMatch
              SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
            attributetype ( 1.3.6.1.4.1.5322.21.2.2 NAME 'krbPwdFailureCountInterval' EQUALITY integerMatch
              SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
            attributetype ( 2.16.840.1.113719.1.301.4.99.1 NAME 'krbPwdPolicyReference' EQUALITY distinguishedNameMatch
              SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )
            objectclass ( 2.16.840.1.113719.1.301.6.99.1 NAME 'krbPwdPolicy' SUP top AUXILIARY
              MAY ( krbPwdMaxFailure $ krbPwdFailureCountInterval ) )
            objectclass ( 2.16.840.1.113719.1.301.6.99.2 NAME 'krbPerson' SUP top AUXILIARY MAY krbPwdPolicyReference )
            """, Ct);
        var policy = $"cn=global_policy,{slapd.BaseDn}";
        await slapd.AddPersonAsync(alice, Password, Ct);
        await slapd.ChangeAsync(new Ldif()
            .Add(policy, ("objectClass", "organizationalRole"), ("objectClass", "krbPwdPolicy"), ("cn", "global_policy"),
                ("krbPwdMaxFailure", "4"), ("krbPwdFailureCountInterval", "60"))
            .Modify(slapd.PersonDn(alice), "add", "objectClass", "krbPerson")
            .Modify(slapd.PersonDn(alice), "add", "krbPwdPolicyReference", policy), Ct);

        Assert.Equal(4, (await LockOutAsync(DirectoryUpstream.OptionsFor(slapd), alice))!.MaxFailures);
    }

    [Fact]
    public async Task The_policy_that_a_person_of_389_Directory_Server_names()
    {
        var ds = await SharedDirectories.Ds389Async();
        await AddWithPolicyAsync(ds, "passwordPolicy", ("objectClass", "ldapsubentry"), ("objectClass", "extensibleObject"),
            ("passwordLockout", "on"), ("passwordMaxFailure", "6"), ("passwordResetFailureCount", "1200"));
        var options = DirectoryUpstream.OptionsFor(ds);

        var before = await LockOutAsync(options, alice);
        await TryAsync(options, alice, "wrong");

        Assert.Equal(new LockOut(6, TimeSpan.FromMinutes(20)), before);
        Assert.Equal(before! with { Failures = 1, ShowsFailures = true }, await LockOutAsync(options, alice));
    }

    [Fact]
    public async Task The_diagnostics_ask_for_what_389_Directory_Server_does_not_show()
    {
        var ds = await SharedDirectories.Ds389Async();
        await ds.AddPersonAsync(alice, Password, Ct);
        await ds.AddGroupAsync($"{alice}-group", [ds.PersonDn(alice)], Ct);
        var options = DirectoryUpstream.OptionsFor(ds);
        var said = options with { LockOut = new() { MaxFailures = 8, Window = TimeSpan.FromMinutes(10) } };

        var doubt = (await LdapDiagnostics.RunAsync(new ConnectorId("corp"), options, [], alice, TimeProvider.System, Ct))
            .Single(finding => finding.Key.StartsWith("lockOut", StringComparison.Ordinal));
        var right = (await LdapDiagnostics.RunAsync(new ConnectorId("corp"), said, [], alice, TimeProvider.System, Ct))
            .Single(finding => finding.Key.StartsWith("lockOut", StringComparison.Ordinal));

        Assert.Equal((new LockOut(3, TimeSpan.FromMinutes(30)) { IsAssumed = true }, new LockOut(8, TimeSpan.FromMinutes(10))),
            (await LockOutAsync(options, alice), await LockOutAsync(said, alice)));
        Assert.Null(await LockOutAsync(options with { LockOut = new() { MaxFailures = 0 } }, alice));
        Assert.Equal("lockOut.maxFailures", doubt.Key);
        Assert.NotNull(doubt.Fix);
        Assert.Null(right.Fix);
    }

    [Fact]
    public async Task Of_what_is_read_and_what_is_said_the_stricter_counts()
    {
        var slapd = await SharedDirectories.SlapdAsync();
        await AddWithPolicyAsync(slapd, "pwdPolicy", ("objectClass", "organizationalRole"), ("pwdAttribute", "userPassword"),
            ("pwdLockout", "TRUE"), ("pwdMaxFailure", "7"), ("pwdFailureCountInterval", "300"));
        var options = DirectoryUpstream.OptionsFor(slapd);

        Assert.Equal(new LockOut(4, TimeSpan.FromMinutes(30)),
            await LockOutAsync(options with { LockOut = new() { MaxFailures = 4 } }, alice));
        Assert.Equal(new LockOut(7, TimeSpan.FromMinutes(30)),
            await LockOutAsync(options with { LockOut = new() { MaxFailures = 9 } }, alice));
        Assert.Equal(new LockOut(7, TimeSpan.FromMinutes(5)),
            await LockOutAsync(options with { LockOut = new() { MaxFailures = 0 } }, alice));
    }

    [Fact]
    public async Task The_domain_of_Active_Directory_and_a_fine_grained_policy_that_the_service_account_can_not_read()
    {
        var domain = await SharedDirectories.SambaAsync();
        await domain.AddPersonAsync(alice, Password, Ct);
        var options = DirectoryUpstream.OptionsFor(domain);

        var ofDomain = await LockOutAsync(options, alice);
        await TryAsync(options, alice, "wrong");
        var afterOne = await LockOutAsync(options, alice);
        await domain.ChangeAsync(new Ldif().Add(
            $"CN={alice},CN=Password Settings Container,CN=System,{domain.BaseDn}", ("objectClass", "msDS-PasswordSettings"),
            ("msDS-PasswordSettingsPrecedence", "1"),
            ("msDS-PasswordReversibleEncryptionEnabled", "FALSE"), ("msDS-PasswordHistoryLength", "0"),
            ("msDS-PasswordComplexityEnabled", "FALSE"), ("msDS-MinimumPasswordLength", "4"),
            ("msDS-MinimumPasswordAge", "0"), ("msDS-MaximumPasswordAge", "-36288000000000"), ("msDS-LockoutThreshold", "4"),
            ("msDS-LockoutObservationWindow", "-6000000000"),
            ("msDS-LockoutDuration", "-6000000000"), ("msDS-PSOAppliesTo", domain.PersonDn(alice))), Ct);
        var fineGrained = await LockOutAsync(options, alice);

        Assert.Equal(new LockOut(5, TimeSpan.FromMinutes(30)), ofDomain);
        Assert.Equal(1, afterOne!.Failures);
        Assert.True(fineGrained is { IsAssumed: true, MaxFailures: 3 } or { MaxFailures: 4 }, $"{fineGrained}");
    }

    // Active Directory has two such names for one account.
    [Fact]
    public async Task Where_people_sign_in_themselves_nothing_is_read_before()
    {
        var domain = await SharedDirectories.SambaAsync();
        var slapd = await SharedDirectories.SlapdAsync();
        var byName = DirectoryUpstream.OptionsFor(domain) with { BindDn = null, BindPasswordFile = null,
            BindAs = $"{{username}}@{SambaDomain.DnsName}", LockOut = new() { MaxFailures = 5 } };
        var byDn = DirectoryUpstream.OptionsFor(slapd) with { BindDn = null, BindPasswordFile = null,
            BindAs = $"uid={{username}},{slapd.PeopleDn}" };

        Assert.Equal(new LockOut(3, TimeSpan.FromMinutes(30)), await LockOutAsync(byName, alice));
        Assert.True((await LockOutAsync(byDn, alice))!.IsAssumed);
        Assert.Contains(await LdapDiagnostics.RunAsync(new ConnectorId("corp"), byDn, [], null, TimeProvider.System, Ct),
            finding => finding is { Key: "lockOut.maxFailures", Fix: not null });
    }

    [Fact]
    public async Task A_password_that_may_not_be_tried_is_not_sent_for_any_account_and_what_is_tried_is_the_account_that_was_found()
    {
        await using var slapd = await Slapd.StartNewAsync(Ct);
        await slapd.AddPersonAsync(alice, Password, Ct);
        var options = DirectoryUpstream.OptionsFor(slapd) with { Users = new() { Base = slapd.BaseDn, Names = ["uid", "mail"] },
            Domains = ["CORP"] };
        await using var connector = (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);
        var tried = new List<TriedAccount>();

        foreach (var typed in (string[])[alice, alice.ToUpperInvariant(), $"  {alice} ", @$"CORP\{alice}", $"{alice}@corp",
            $"{alice}@KUBE.test", "nobody", @"CORP\nobody", "*", ""])
        {
            var answer = await connector.AuthenticateAsync(typed, Password, account =>
            {
                tried.Add(account);
                return Task.FromResult(false);
            }, Ct);
            Assert.Equal(new UpstreamAnswer.Refused(Refusal.Delayed), answer);
        }

        Assert.Equal(10, tried.Count);
        Assert.Single(tried.Take(6).Select(account => account.UpstreamId).Distinct(), id => id is not null);
        Assert.All(tried.Skip(6), account => Assert.Null(account.UpstreamId));
        Assert.DoesNotContain($"BIND dn=\"{slapd.PersonDn(alice)}\"", slapd.Log, StringComparison.OrdinalIgnoreCase);
    }

    // Its answer may only have been lost: the other server would count the same wrong password once more.
    [Fact]
    public async Task A_password_that_one_server_did_not_answer_is_not_sent_to_another()
    {
        await using var first = await Slapd.StartNewAsync(Ct);
        await using var second = await Slapd.StartNewAsync(Ct);
        await second.AddPersonAsync(alice, Password, Ct);
        var options = DirectoryUpstream.OptionsFor(second) with
        {
            Servers = [$"ldap://127.0.0.1:{first.Port}", $"ldap://127.0.0.1:{second.Port}"], PlainText = PlainText.OnLoopback,
                BindDn = null, BindPasswordFile = null,
            BindAs = $"uid={{username}},{second.PeopleDn}",
            Times = new() { Connect = TimeSpan.FromSeconds(5), Bind = TimeSpan.FromSeconds(1), Search = TimeSpan.FromSeconds(5),
                Whole = TimeSpan.FromSeconds(10) },
        };
        await using var connector = (DirectBindConnector)LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);

        await first.PauseAsync(Ct);
        var unanswered = await connector.AuthenticateAsync(alice, "wrong", Ct);
        await first.ResumeAsync(Ct);

        Assert.True(Assert.IsType<UpstreamAnswer.Unreachable>(unanswered).MayHaveArrived);
        Assert.DoesNotContain($"BIND dn=\"{second.PersonDn(alice)}\"", second.Log, StringComparison.OrdinalIgnoreCase);
        Assert.IsType<UpstreamAnswer.Known>(await connector.AuthenticateAsync(alice, Password, Ct));
    }

    private async Task AddWithPolicyAsync(TestDirectory directory, string policyClass, params IEnumerable<(string, string)> rules)
    {
        var policy = $"cn=policy-{alice},{directory.BaseDn}";
        await directory.AddPersonAsync(alice, Password, Ct);
        await directory.ChangeAsync(new Ldif()
            .Add(policy, [("objectClass", policyClass), ("cn", $"policy-{alice}"), .. rules])
            .Modify(directory.PersonDn(alice), "replace", "pwdPolicySubentry", policy), Ct);
    }

    /// <summary>As a login has it before it sends the password, which it then does not.</summary>
    private static async Task<LockOut?> LockOutAsync(LdapOptions options, string name)
    {
        TriedAccount? tried = null;
        var connector = LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);
        await using var disposal = (IAsyncDisposable)connector;
        await connector.AuthenticateAsync(name, "wrong", account =>
        {
            tried = account;
            return Task.FromResult(false);
        }, Ct);
        return tried!.LockOut;
    }

    private static async Task TryAsync(LdapOptions options, string name, string password)
    {
        var connector = LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);
        await using var disposal = (IAsyncDisposable)connector;
        await connector.AuthenticateAsync(name, password, Ct);
    }
}
