using KubeIdP.Cli.Api;
using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

/// <summary>
/// The whole way with a real directory: configured as an administrator does it, signed in to by its people, asked again at each refresh.
/// </summary>
public abstract class RealDirectoryTests : IAsyncLifetime
{
    private const string Password = "Of-The-Directory-1";

    private readonly string folder = Scratch.NewFolder("kubeidp-test-");
    private TestDirectory directory = null!;
    private TestDatabase database = null!;
    private InMemoryIssuer issuer = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract UpstreamKind Kind { get; }

    protected abstract Task<TestDirectory> StartDirectoryAsync();

    /// <summary>All that the person may type, as the configuration has it.</summary>
    protected abstract IReadOnlyList<string> NamesOf(string person);

    /// <summary>Only where the directory does not do so by itself.</summary>
    protected virtual Task LockAfterFewAsync(TestDirectory directory, string person) => Task.CompletedTask;

    protected virtual LdapUserOptions Users => new() { Names = ["uid", "mail"] };

    private string PasswordFile => Path.Combine(folder, "reader-password");

    private LdapOptions Options => new()
    {
        Kind = Kind, Servers = [$"ldaps://{directory.Host}:{directory.TlsPort}"], CaFile = directory.AuthorityFile,
            BindDn = directory.ReaderDn, BindPasswordFile = PasswordFile,
        Users = Users with { Base = directory.BaseDn }, Groups = new() { Prefix = "corp:" }, Domains = ["KUBEAD"],
    };

    [Fact]
    public async Task Somebody_of_the_directory_signs_in_and_a_refresh_shows_what_became_of_them()
    {
        await directory.AddPersonAsync("alice", Password, Ct);
        await directory.AddGroupAsync("platform", [directory.PersonDn("alice")], Ct);
        var alice = await issuer.InviteAsync("alice", Password, Ct);
        using var browser = issuer.CreateBrowser();
        using var kubectl = issuer.CreateClient();

        var first = await kubectl.LogInAsync(browser, alice, Ct);
        await directory.AddGroupAsync("on-call", [directory.PersonDn("alice")], Ct);
        issuer.Clock.Advance(TimeSpan.FromSeconds(61));
        var second = (await kubectl.RefreshPatientlyAsync(first.RefreshToken!, Ct)).Succeeded();
        await directory.StopAsync();
        issuer.Clock.Advance(TimeSpan.FromSeconds(61));
        var third = (await kubectl.RefreshPatientlyAsync(second.RefreshToken!, Ct)).Succeeded();
        await directory.StartAsync(Ct);
        await directory.DisableAsync("alice", Ct);
        var last = await RefreshUntilRefusedAsync(kubectl, third.RefreshToken!);

        Assert.Contains("corp:platform", GroupsOf(first));
        Assert.DoesNotContain("corp:on-call", GroupsOf(first));
        Assert.Contains("corp:on-call", GroupsOf(second));
        Assert.Equal(GroupsOf(second), GroupsOf(third));
        Assert.Equal("invalid_grant", last.Error);
        await using var db = database.CreateContext();
        Assert.Equal("corp: Disabled", (await db.AuditEvents.SingleAsync(entry => entry.Type == AuditEventType.SessionEnded, Ct)).Detail);
    }

    // Of this person's account, which every directory here locks after some wrong passwords.
    [Fact]
    public async Task Guesses_from_anywhere_under_any_of_the_persons_names_do_not_lock_the_account_and_a_known_browser_gets_in()
    {
        await directory.AddPersonAsync("alice", Password, Ct);
        await LockAfterFewAsync(directory, "alice");
        var alice = await issuer.InviteAsync("alice", Password, Ct);
        using var home = issuer.CreateBrowser("192.0.2.7");
        using var kubectl = issuer.CreateClient();
        await kubectl.LogInAsync(home, alice, Ct);
        await (await home.GoAsync("/logout", Ct)).PressAsync("Sign out", Ct);

        await Task.WhenAll(NamesOf("alice").SelectMany(name => Enumerable.Range(1, 3).Select(n => GuessAsync(name, $"203.0.113.{n}"))));
        await using var direct = (LdapConnector)LdapConnector.Create(new ConnectorId("corp"), Options, [], TimeProvider.System);
        var answer = await direct.AuthenticateAsync("alice", Password, Ct);
        var known = await (await home.GoAsync("/account", Ct)).Fill("Username", NamesOf("alice")[^1]).Fill("Password", Password)
            .PressAsync("Sign in", Ct);

        Assert.IsType<UpstreamAnswer.Known>(answer);
        Assert.True(known.HasField("Authentication code"), known.ToString());
    }

    public async ValueTask InitializeAsync()
    {
        directory = await StartDirectoryAsync();
        await File.WriteAllTextAsync(PasswordFile, directory.ReaderPassword, Ct);
        database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        issuer = await InMemoryIssuer.StartAsync(database, folder,
            settings => settings with { Upstreams = new Dictionary<string, UpstreamOptions> { ["corp"] = Options } }, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (issuer is not null) await issuer.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        if (directory is not null) await directory.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The connector may still think that its server is down: until it asks again the last known groups serve.</summary>
    private async Task<TokenAnswer> RefreshUntilRefusedAsync(RelyingParty kubectl, string token)
    {
        for (var minute = 0; minute < 10; minute++)
        {
            issuer.Clock.Advance(TimeSpan.FromSeconds(61));
            var answer = await kubectl.RefreshPatientlyAsync(token, Ct);
            if (!answer.IsSuccess) return answer;
            token = answer.RefreshToken!;
        }

        throw new InvalidOperationException("The directory's refusal never arrived.");
    }

    private async Task GuessAsync(string name, string address)
    {
        using var browser = issuer.CreateBrowser(address);
        var page = await browser.GoAsync("/account", Ct);
        for (var i = 0; i < 2 && page.HasField("Password"); i++)
            page = await page.Fill("Username", name).Fill("Password", "a guess").PressAsync("Sign in", Ct);
    }

    private static IEnumerable<string> GroupsOf(TokenAnswer tokens) =>
        tokens.Claims.GetProperty("groups").EnumerateArray().Select(group => group.GetString()!).Order(StringComparer.Ordinal);
}

public sealed class SlapdTests : RealDirectoryTests
{
    protected override UpstreamKind Kind => UpstreamKind.Ldap;

    protected override async Task<TestDirectory> StartDirectoryAsync() => await Slapd.StartNewAsync(TestContext.Current.CancellationToken);

    protected override IReadOnlyList<string> NamesOf(string person) =>
        [person, person.ToUpperInvariant(), $" {person}  ", @$"KUBEAD\{person}", $"{person}@kube.test"];
}

public sealed class Ds389Tests : RealDirectoryTests
{
    protected override UpstreamKind Kind => UpstreamKind.Ldap;

    protected override LdapUserOptions Users => base.Users with { Id = "nsUniqueId" };

    protected override async Task<TestDirectory> StartDirectoryAsync() => await Ds389.StartNewAsync(TestContext.Current.CancellationToken);

    // As an administrator enables it with its defaults, which the service account can't read.
    protected override Task LockAfterFewAsync(TestDirectory directory, string person) =>
        directory.ChangeAsync(new Ldif().Modify("cn=config", "replace", "passwordLockout", "on"), TestContext.Current.CancellationToken);

    protected override IReadOnlyList<string> NamesOf(string person) =>
        [person, person.ToUpperInvariant(), $" {person}  ", $"{person}@kube.test"];
}

[Collection(nameof(OneAtATime))]
public sealed class SambaTests : RealDirectoryTests
{
    protected override UpstreamKind Kind => UpstreamKind.ActiveDirectory;

    protected override LdapUserOptions Users => new();

    protected override async Task<TestDirectory> StartDirectoryAsync() =>
        await SambaDomain.StartNewAsync(TestContext.Current.CancellationToken);

    protected override IReadOnlyList<string> NamesOf(string person) =>
        [person, person.ToUpperInvariant(), @$"KUBEAD\{person}", $"{person}@{SambaDomain.DnsName}"];
}
