using System.Globalization;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Connectors.Ldap.Diagnostics;
using KubeIdP.Connectors.Tests.Directories;
using KubeIdP.Core.Upstreams;
using Xunit;

namespace KubeIdP.Connectors.Tests.Ldap;

/// <summary>Passwords that are right, and that by the directory's own rules no longer sign in.</summary>
public sealed class PasswordStateTests
{
    private const string Password = "A right good password 1";

    private readonly string alice = $"alice-{Guid.NewGuid().ToString("N")[..8]}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // FreeIPA lets the bind of all of them through.
    [Theory]
    [InlineData("handed out", Refusal.MustChangePassword)]
    [InlineData("expired", Refusal.PasswordExpired)]
    [InlineData("flagged", Refusal.MustChangePassword)]
    [InlineData("good", null)]
    [InlineData("never", null)]
    public async Task FreeIPA(string password, Refusal? reason)
    {
        var slapd = await StartAsync();
        (string, string)[] attributes = password switch
        {
            "handed out" => [("krbPasswordExpiration", "20250101120000Z"), ("krbLastPwdChange", "20250101120000Z")],
            "expired" => [("krbPasswordExpiration", "20250101120000Z"), ("krbLastPwdChange", "20240101120000Z")],
            "flagged" => [("krbTicketFlags", "640")],
            "never" => [("krbPasswordExpiration", "19700101000000Z")],
            _ => [("krbPasswordExpiration", "20990101120000Z"), ("krbLastPwdChange", "20250101120000Z"), ("krbTicketFlags", "128")],
        };

        await AddClassAsync(slapd, "krbPrincipalAux", attributes);

        await AssertAsync(slapd, reason);
    }

    [Theory]
    [InlineData("shadowMax", Refusal.PasswordExpired)]
    [InlineData("shadowLastChange", Refusal.MustChangePassword)]
    [InlineData("good", null)]
    public async Task Shadow_attributes(string which, Refusal? reason)
    {
        var slapd = await StartAsync();
        var hundredDaysAgo = (DateTimeOffset.UtcNow.AddDays(-100) - DateTimeOffset.UnixEpoch).Days.ToString(CultureInfo.InvariantCulture);
        (string, string)[] attributes = which switch
        {
            "shadowMax" => [("shadowLastChange", hundredDaysAgo), ("shadowMax", "90")],
            "shadowLastChange" => [("shadowLastChange", "0")],
            _ => [("shadowLastChange", hundredDaysAgo), ("shadowMax", "99999"), ("shadowExpire", "-1"), ("shadowInactive", "-1")],
        };

        await AddClassAsync(slapd, "shadowAccount", attributes);

        await AssertAsync(slapd, reason);
    }

    // The bind answers success to the last two: only its control tells.
    [Theory]
    [InlineData("expired", Refusal.PasswordExpired)]
    [InlineData("grace", Refusal.PasswordExpired)]
    [InlineData("reset", Refusal.MustChangePassword)]
    public async Task Policy_of_OpenLDAP(string which, Refusal reason)
    {
        var slapd = await StartAsync();
        var policy = $"cn=policy-{alice},{slapd.BaseDn}";
        (string, string)[] rules = which switch
        {
            "expired" => [("pwdMaxAge", "1")],
            "grace" => [("pwdMaxAge", "1"), ("pwdGraceAuthNLimit", "1000")],
            _ => [("pwdMustChange", "TRUE")],
        };
        var changes = new Ldif()
            .Add(policy,
                [("objectClass", "organizationalRole"), ("objectClass", "pwdPolicy"), ("cn", $"policy-{alice}"),
                    ("pwdAttribute", "userPassword"), .. rules])
            .Modify(slapd.PersonDn(alice), "replace", "pwdPolicySubentry", policy);

        // Its age counts from when it was set under a policy that looks at it.
        changes.Modify(slapd.PersonDn(alice), "replace", "userPassword", Password);
        await slapd.ChangeAsync(which == "reset" ? changes.Modify(slapd.PersonDn(alice), "replace", "pwdReset", "TRUE") : changes, Ct);

        await AssertBindAsync(slapd, reason);
    }

    [Theory]
    [InlineData("expired", Refusal.PasswordExpired)]
    [InlineData("grace", Refusal.PasswordExpired)]
    [InlineData("reset", Refusal.MustChangePassword)]
    public async Task Policy_of_389_Directory_Server(string which, Refusal reason)
    {
        var ds = await SharedDirectories.Ds389Async();
        var policy = $"cn=policy-{alice},{ds.BaseDn}";
        (string, string)[] rules = which switch
        {
            "expired" => [("passwordExp", "on"), ("passwordMaxAge", "86400")],
            "grace" => [("passwordExp", "on"), ("passwordMaxAge", "86400"), ("passwordGraceLimit", "1000")],
            _ => [("passwordMustChange", "on")],
        };
        await ds.AddPersonAsync(alice, Password, Ct);
        var changes = new Ldif()
            .Add(policy,
                [("objectClass", "ldapsubentry"), ("objectClass", "passwordPolicy"), ("objectClass", "extensibleObject"),
                    ("cn", $"policy-{alice}"), .. rules])
            .Modify(ds.PersonDn(alice), "replace", "pwdPolicySubentry", policy);
        await ds.ChangeAsync(which == "reset"
            ? changes.Modify(ds.PersonDn(alice), "replace", "userPassword", Password)
            : changes.Modify(ds.PersonDn(alice), "replace", "passwordExpirationTime", "20250101120000Z"), Ct);

        await AssertBindAsync(ds, reason);
    }

    // What the attribute says no longer counts there, and the server lets in.
    [Fact]
    public async Task An_end_that_no_policy_of_389_Directory_Server_looks_at_is_none()
    {
        var ds = await SharedDirectories.Ds389Async();
        await ds.AddPersonAsync(alice, Password, Ct);
        await ds.ChangeAsync(new Ldif().Modify(ds.PersonDn(alice), "replace", "passwordExpirationTime", "20250101120000Z"), Ct);

        await AssertAsync(ds, reason: null);
    }

    [Fact]
    public async Task Our_own_account_with_such_a_password_is_an_outage_that_the_diagnostics_name()
    {
        var ds = await SharedDirectories.Ds389Async();
        var policy = $"cn=policy-{alice},{ds.BaseDn}";
        await ds.AddPersonAsync(alice, Password, Ct);
        await ds.ChangeAsync(new Ldif()
            .Add(policy, ("objectClass", "ldapsubentry"), ("objectClass", "passwordPolicy"), ("objectClass", "extensibleObject"),
                ("cn", $"policy-{alice}"), ("passwordMustChange", "on"))
            .Modify(ds.PersonDn(alice), "replace", "pwdPolicySubentry", policy)
            .Modify(ds.PersonDn(alice), "replace", "userPassword", Password), Ct);
        var options = DirectoryUpstream.OptionsFor(ds) with { BindDn = ds.PersonDn(alice), BindPasswordFile = null,
            BindPassword = Password };
        await using var connector = Connect(options);

        var answer = await connector.AuthenticateAsync(alice, Password, Ct);
        var wrong = Assert.Single(
            await LdapDiagnostics.RunAsync(new ConnectorId("corp"), options, [], username: null, TimeProvider.System, Ct), finding =>
                !finding.Ok);

        Assert.Contains("change its password", Assert.IsType<UpstreamAnswer.Unreachable>(answer).Detail, StringComparison.Ordinal);
        Assert.Equal("bindDn", wrong.Key);
    }

    private async Task<Slapd> StartAsync()
    {
        var slapd = await SharedDirectories.SlapdAsync();
        await slapd.AddPersonAsync(alice, Password, Ct);
        return slapd;
    }

    private Task AddClassAsync(Slapd slapd, string objectClass, IReadOnlyList<(string Name, string Value)> attributes)
    {
        var changes = new Ldif().Modify(slapd.PersonDn(alice), "add", "objectClass", objectClass);
        foreach (var (name, value) in attributes) changes.Modify(slapd.PersonDn(alice), "add", name, value);
        return slapd.ChangeAsync(changes, Ct);
    }

    /// <summary>At a login, at a look-up of somebody who was known before, and to nobody who has not the password.</summary>
    private async Task AssertAsync(TestDirectory directory, Refusal? reason)
    {
        await using var connector = Connect(DirectoryUpstream.OptionsFor(directory));

        var login = await connector.AuthenticateAsync(alice, Password, Ct);
        var preview = await connector.PreviewAsync(alice, Ct);

        if (reason is { } refusal)
            Assert.Equal((new UpstreamAnswer.Refused(refusal) { IdentityProven = true }, new UpstreamAnswer.Refused(refusal)),
                (login, preview));
        else
            Assert.Equal((typeof(UpstreamAnswer.Known), typeof(UpstreamAnswer.Known)), (login.GetType(), preview.GetType()));
        Assert.Equal(new UpstreamAnswer.Refused(Refusal.WrongPassword), await connector.AuthenticateAsync(alice, "wrong", Ct));
    }

    /// <summary>At a login, by either way to sign in; a password has to grow old for it.</summary>
    private async Task AssertBindAsync(TestDirectory directory, Refusal reason)
    {
        var options = DirectoryUpstream.OptionsFor(directory);
        await using var searching = Connect(options);
        await using var direct = (DirectBindConnector)LdapConnector.Create(
            new ConnectorId("corp"),
            options with { BindDn = null, BindPasswordFile = null, BindAs = $"uid={{username}},{directory.PeopleDn}" }, [],
            TimeProvider.System);

        foreach (var connector in new IPasswordConnector[] { searching, direct })
        {
            var answer = await connector.AuthenticateAsync(alice, Password, Ct);
            for (var tries = 0; answer is UpstreamAnswer.Known && tries < 100; tries++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
                answer = await connector.AuthenticateAsync(alice, Password, Ct);
            }

            Assert.Equal(new UpstreamAnswer.Refused(reason) { IdentityProven = true }, answer);
            Assert.Equal(new UpstreamAnswer.Refused(Refusal.WrongPassword), await connector.AuthenticateAsync(alice, "wrong", Ct));
        }
    }

    private static LdapConnector Connect(LdapOptions options) =>
        (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), options, [], TimeProvider.System);
}
