using System.Net;
using KubeIdP.Connectors;
using KubeIdP.Connectors.Ldap;
using KubeIdP.Data.Audit;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace KubeIdP.Server.Tests.Upstreams;

/// <summary>Two real directories side by side, of which one fails.</summary>
public sealed class DirectoryFaultTests : IAsyncLifetime
{
    private const string Password = "Of-The-Directory-1";

    private readonly string folder = Scratch.NewFolder("kubeidp-test-");
    private Slapd well = null!;
    private Slapd ill = null!;
    private TestDatabase database = null!;
    private InMemoryIssuer issuer = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string IllServer => $"{ill.Host}:{ill.TlsPort}";

    // The order is what counts, not how long anything takes: a request to the frozen directory waits for it longer than all the others need
    // together.
    [Fact]
    public async Task A_directory_that_hangs_holds_up_nobody_of_another_and_no_refresh()
    {
        var (alice, kubectl) = (await issuer.InviteAsync("alice", Password, Ct), issuer.CreateClient());
        var bob = await issuer.InviteAsync("bob", Password, Ct);
        var ofIll = await kubectl.LogInAsync(issuer.CreateBrowser(), bob, Ct);

        await ill.PauseAsync(Ct);
        var waiting = Enumerable.Range(0, 20).Select(i => TypeAsync($"person-{i}@ill.example", $"192.0.2.{i + 1}")).ToList();
        var ofWell = await kubectl.LogInAsync(issuer.CreateBrowser(), alice, Ct);
        issuer.Clock.Advance(TimeSpan.FromSeconds(61));
        var refreshed = (await kubectl.RefreshPatientlyAsync(ofWell.RefreshToken!, Ct)).Succeeded();
        var stillWaiting = waiting.Count(one => !one.IsCompleted);
        await ill.ResumeAsync(Ct);
        await Task.WhenAll(waiting);

        Assert.NotEqual(ofWell.IdToken, refreshed.IdToken);
        Assert.Equal(waiting.Count, stillWaiting);
        Assert.NotNull(ofIll.RefreshToken);
        kubectl.Dispose();
    }

    [Fact]
    public async Task A_refresh_of_somebody_whose_directory_hangs_is_answered_with_what_was_known()
    {
        using var kubectl = issuer.CreateClient();
        var tokens = await kubectl.LogInAsync(issuer.CreateBrowser(), await issuer.InviteAsync("bob", Password, Ct), Ct);

        await ill.PauseAsync(Ct);
        var within60 = await kubectl.RefreshAsync(tokens.RefreshToken!, Ct);
        issuer.Clock.Advance(TimeSpan.FromSeconds(61));
        var after60 = await kubectl.RefreshPatientlyAsync(within60.Succeeded().RefreshToken!, Ct);
        await ill.ResumeAsync(Ct);

        Assert.Equal("ill:platform", after60.Succeeded().Claims.GetProperty("groups")[0].GetString());
    }

    [Fact]
    public async Task A_server_that_fails_and_recovers_is_in_metrics_and_audit_with_its_name()
    {
        using var measured = new Measured(issuer);
        (string, string)[] server = [("upstream", "ill"), ("server", IllServer)];

        Assert.Equal(HttpStatusCode.OK, (await TypeAsync("bob@ill.example")).Status);
        await ill.StopAsync();
        var down = await TypeAsync("bob@ill.example");
        var upWhileDown = measured.Now("kubeidp.upstream.server.up", server);
        await ill.StartAsync(Ct);
        issuer.Clock.Advance(TimeSpan.FromSeconds(20));
        var up = await TypeAsync("bob@ill.example");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (down.Status, up.Status));
        var failed = Assert.Single(await AuditAsync(AuditEventType.UpstreamServerFailed, 1));
        Assert.StartsWith($"ill: {IllServer}, other servers are tried before it: ", failed.Detail, StringComparison.Ordinal);
        Assert.Equal($"ill: {IllServer}", Assert.Single(await AuditAsync(AuditEventType.UpstreamServerRecovered, 1)).Detail);
        Assert.Equal((0, 1), (upWhileDown, measured.Now("kubeidp.upstream.server.up", server)));
        Assert.Equal(1, measured.Now("kubeidp.upstream.server.up", ("upstream", "well")));
        Assert.Equal(0, measured.Now("kubeidp.upstream.server.suspended", server));
        Assert.Equal(1, measured.Now("kubeidp.upstream.server.failures", server));
        Assert.Equal(2, measured.Of("kubeidp.upstream.duration", ("upstream", "ill"), ("operation", "login"), ("answer", "known")).Count);
        Assert.Single(measured.Of("kubeidp.upstream.duration", ("upstream", "ill"), ("operation", "login"), ("answer", "unreachable")));
    }

    public async ValueTask InitializeAsync()
    {
        (well, ill) = (await Slapd.StartNewAsync(Ct), await Slapd.StartNewAsync(Ct));
        await well.AddPersonAsync("alice", Password, Ct);
        await ill.AddPersonAsync("bob", Password, Ct);
        await ill.AddGroupAsync("platform", [ill.PersonDn("bob")], Ct);
        database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        issuer = await InMemoryIssuer.StartAsync(database, folder, settings => settings with
        {
            Upstreams = new Dictionary<string, UpstreamOptions> { ["well"] = Options("well", well, new()),
                ["ill"] = Options("ill", ill, Slow) },
        }, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (issuer is not null) await issuer.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        if (well is not null) await well.DisposeAsync();
        if (ill is not null) await ill.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static LdapTimeOptions Slow
    {
        get
        {
            var time = TimeSpan.FromMinutes(2);
            return new() { Connect = time, Bind = time, Search = time, Whole = time };
        }
    }

    private LdapOptions Options(string name, TestDirectory directory, LdapTimeOptions times)
    {
        var passwordFile = Path.Combine(folder, $"{name}-password");
        File.WriteAllText(passwordFile, directory.ReaderPassword);
        return new()
        {
            Servers = [$"ldaps://{directory.Host}:{directory.TlsPort}"], CaFile = directory.AuthorityFile, BindDn = directory.ReaderDn,
                BindPasswordFile = passwordFile,
            Domains = [$"{name}.example"], Users = new() { Base = directory.BaseDn }, Groups = new() { Prefix = $"{name}:" }, Times = times,
        };
    }

    private async Task<Page> TypeAsync(string username, string address = "192.0.2.200")
    {
        using var browser = issuer.CreateBrowser(address);
        return await (await browser.GoAsync("/account", Ct)).Fill("Username", username).Fill("Password", Password)
            .PressAsync("Sign in", Ct);
    }

    /// <summary>They are written beside the logins, so they may come a moment later.</summary>
    private async Task<List<AuditEvent>> AuditAsync(string type, int count)
    {
        while (true)
        {
            await using var context = database.CreateContext();
            var found = await context.AuditEvents.AsNoTracking().Where(entry => entry.Type == type).ToListAsync(Ct);
            if (found.Count >= count) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        }
    }
}
