using System.Globalization;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>
/// Each alert, from its cause in a real server to the Alertmanager and back, on one bad day. What takes months is moved in the rows of the
/// database instead: the age of keys, of what a directory said, of an audit event that has no checkpoint.
/// </summary>
public sealed class RaisedAlertTests : IAsyncLifetime
{
    private const string Password = "Of-The-Directory-1";

    /// <summary>It takes a domain controller. AlertTests holds its rule, and the tests of directories hold that it is measured.</summary>
    private const string NotOnThisDay = "KubeIdPUpstreamPasswordEnds";

    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly TemporaryFolder folder = new();
    private readonly TestAuthority authority = new();
    private readonly HashSet<string> raised = [];
    private readonly HashSet<string> ended = [];
    private Slapd directory = null!;
    private string database = null!;
    private PostgresProxy proxy = null!;
    private IssuerProcess first = null!;
    private IssuerProcess second = null!;
    private Monitoring monitoring = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_alert_is_raised_by_its_cause_and_goes_with_it()
    {
        IssueCertificate(DateTimeOffset.UtcNow.AddDays(1));
        var alice = await first.AddAccountAsync("alice", Ct, "platform");
        var many = await first.AddAccountAsync("many", Ct,
            [.. Enumerable.Range(0, 100).Select(number => $"a-group-with-a-long-name-{number}")]);
        await using var heldCheckpoints = await HoldCheckpointsAsync();
        await RaisedAsync(["KubeIdPDown"]);

        // One replica of two, with a certificate that ends tomorrow; somebody guesses, a token is stolen, somebody is in too many groups, a
        // token is newer than the database.
        await first.StartAsync(Ct);
        await RaisedAsync(["KubeIdPOneReplica", "KubeIdPCertificateExpires", "KubeIdPAuditCheckpointsStopped"]);
        await EndedAsync(["KubeIdPDown"]);
        await StealAndOverfillAsync(alice, many);
        await RaisedAsync(["KubeIdPTokenReplayed", "KubeIdPDatabaseLostWrites", "KubeIdPTokensTooLarge"]);
        await RaisedAsync(["KubeIdPGuessing"], GuessAsync);
        await BeRefusedAsync(alice);
        await DenyDevicesAsync(alice);

        // What the next start will find: nothing that waits for a checkpoint, and keys that nobody has changed, for which the next ones are
        // there and do not sign yet.
        await heldCheckpoints.DisposeAsync();
        await ExecuteAsync($"UPDATE signing_keys SET created_at = created_at - {96 * Day}, signs_from = signs_from - {96 * Day}");

        // The branch of the directory is moved away, and then its server is.
        var people = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => SignInOfDirectoryAsync($"person{number}")));
        await ExecuteAsync("UPDATE people SET groups_read_at = groups_read_at - 120000");
        await directory.ChangeAsync(Enumerable.Range(0, 11)
            .Aggregate(new Ldif(), (ldif, number) => ldif.Delete(directory.PersonDn($"person{number}"))), Ct);
        foreach (var person in people[..11]) await person.RefreshAsync();
        await RaisedAsync(["KubeIdPPeopleDisappear"]);
        await directory.StopAsync();
        await RaisedAsync(["KubeIdPRefreshesPostponed", "KubeIdPUpstreamServerDown"], people[11].RefreshAsync);
        await directory.StartAsync(Ct);
        await EndedAsync(["KubeIdPUpstreamServerDown"], people[11].RefreshAsync);

        // The database accepts and never answers.
        proxy.Hang();
        await RaisedAsync(
            ["KubeIdPNoReplicaReady", "KubeIdPReplicaNotReady", "KubeIdPErrors", "KubeIdPRefreshSlow", "KubeIdPRevocationsLate"],
            () => Task.WhenAll(people[11].RefreshAsync(), people[10].RefreshAsync()));
        Assert.Contains("the check database fails on 1 of them", Assert.Single(await monitoring.SummariesOfAsync("KubeIdPNoReplicaReady")),
            StringComparison.Ordinal);
        proxy.GoOn();
        await EndedAsync(["KubeIdPNoReplicaReady"]);

        // Two replicas after a repair.
        await UntilAsync("SELECT count(*) FROM audit_events WHERE at < (SELECT max(at) FROM audit_events) - 300000 AND checkpoint IS NULL",
            0);
        await UntilAsync("SELECT count(*) FROM signing_keys WHERE sequence = 2", 2);
        IssueCertificate(DateTimeOffset.UtcNow.AddDays(30));
        await first.KillAsync(Ct);
        await Task.WhenAll(first.StartAsync(Ct), second.StartAsync(Ct));
        await RaisedAsync(["KubeIdPSigningKeyOld"]);
        await ExecuteAsync($"UPDATE signing_keys SET signs_from = signs_from - {Day} WHERE sequence = 2");
        await EndedAsync([.. raised]);

        Assert.Equal(AlertTests.Alerts().Select(alert => alert.Name).Where(name => name != NotOnThisDay).Order(StringComparer.Ordinal),
            raised.Order(StringComparer.Ordinal));
        Assert.Equal(raised.Order(StringComparer.Ordinal), ended.Order(StringComparer.Ordinal));
    }

    public async ValueTask InitializeAsync()
    {
        directory = await Slapd.StartNewAsync(Ct);
        foreach (var number in Enumerable.Range(0, 12)) await directory.AddPersonAsync($"person{number}", Password, Ct);
        database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct);
        proxy = new PostgresProxy(database);
        var (masterKey, ports) = (Replicas.NewMasterKey(), (Ports.Free(), Ports.Free()));
        first = Replica(proxy.Through(database), masterKey, ports.Item1);
        second = Replica(database, masterKey, ports.Item2);
        monitoring = await Monitoring.StartAsync(ports.Item1, ports.Item2);
    }

    public async ValueTask DisposeAsync()
    {
        if (monitoring is not null) await monitoring.DisposeAsync();
        if (first is not null) await first.DisposeAsync();
        if (second is not null) await second.DisposeAsync();
        if (proxy is not null) await proxy.DisposeAsync();
        if (directory is not null) await directory.DisposeAsync();
        authority.Dispose();
        folder.Dispose();
    }

    private IssuerProcess Replica(string connectionString, string masterKey, int management) => new($$"""
        {{Replicas.Configuration(
            new NpgsqlConnectionStringBuilder(connectionString) { Timeout = 2, CommandTimeout = 3 }.ToString(), masterKey)}}
        management: { listen: "http://127.0.0.1:{{management}}" }
        tls: { certificateFile: {{folder.File("server.pem")}}, keyFile: {{folder.File("server.key")}} }
        tokens: { maxIdTokenSize: 2048 }
        sessions: { upstreamGrace: "00:00:00" }
        enrolment: { openUntil: {{DateTimeOffset.UtcNow.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}} }
        clusters:
          closed: { access: { groups: [local:nobody-is-in-it] } }
          kubernetes:
            deviceCode: { everybody: true }
            tokenReview: { secretHash: "{{ClientSecret.HashOf("the-credential-of-the-API-server")}}" }
        upstreams:
          corp:
            kind: ldap
            servers: ["ldaps://{{directory.Host}}:{{directory.TlsPort}}"]
            caFile: {{directory.AuthorityFile}}
            bindDn: "{{directory.ReaderDn}}"
            bindPassword: {{directory.ReaderPassword}}
            users: { base: "{{directory.PeopleDn}}" }
        """);

    private async Task RaisedAsync(string[] alerts, Func<Task>? cause = null)
    {
        await monitoring.WaitForAsync(alerts, cause);
        raised.UnionWith(alerts);
    }

    private async Task EndedAsync(string[] alerts, Func<Task>? remedy = null)
    {
        await monitoring.WaitForEndOfAsync(alerts, remedy);
        ended.UnionWith(alerts);
    }

    /// <summary>For the servers, which read the files again when they have changed, and for the clients of the test.</summary>
    private void IssueCertificate(DateTimeOffset until)
    {
        using var certificate = authority.Issue(["idp.example.test", "localhost"], until);
        authority.WriteFiles(folder.Path, certificate);
        foreach (var replica in (IssuerProcess[])[first, second])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(replica.CaFile)!);
            File.WriteAllText(replica.CaFile, authority.Pem);
        }
    }

    /// <summary>Until the result is disposed of, the audit events so far get no checkpoint, and are ten minutes old.</summary>
    private async Task<IAsyncDisposable> HoldCheckpointsAsync()
    {
        var connection = new NpgsqlConnection($"{database};Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand($"BEGIN; SELECT pg_advisory_xact_lock({AdvisoryLocks.WritingAuditCheckpoints})",
            connection);
        await command.ExecuteNonQueryAsync(Ct);
        await ExecuteAsync("UPDATE audit_events SET at = at - 600000");
        return connection;
    }

    private async Task StealAndOverfillAsync(Account victim, Account member)
    {
        using var kubectl = first.CreateClient();
        using var browser = first.CreateBrowser();
        using var other = first.CreateBrowser();
        var stolen = await kubectl.LogInAsync(browser, victim, Ct);
        var current = (await kubectl.RefreshPatientlyAsync(stolen.RefreshToken!, Ct)).Succeeded();
        await ExecuteAsync($"UPDATE grants SET current_generation = current_generation - 1 WHERE id = '{current.GrantId}'");
        (await kubectl.RefreshPatientlyAsync(current.RefreshToken!, Ct)).Succeeded();
        other.StopAt = kubectl.IsOurs;
        var overfull = await member.SignInAsync(other, new Uri(kubectl.AuthorizeUrl()), Ct);

        Assert.Equal("access_denied", overfull.RedirectParameters["error"]);
        Assert.Equal("invalid_grant", (await kubectl.RefreshPatientlyAsync(stolen.RefreshToken!, Ct)).Error);
    }

    /// <summary>A kubectl asks again and again for a cluster whose group nobody has.</summary>
    private async Task BeRefusedAsync(Account person)
    {
        using var other = first.CreateClient();
        using var kubectl = first.CreateClient("closed");
        using var browser = first.CreateBrowser();
        await other.LogInAsync(browser, person, Ct);
        browser.StopAt = kubectl.IsOurs;
        await RaisedAsync(["KubeIdPAccessRefused"], async () =>
        {
            for (var i = 0; i < 10; i++)
                Assert.Equal("access_denied", (await browser.GoAsync(kubectl.AuthorizeUrl(), Ct)).RedirectParameters["error"]);
        });
    }

    /// <summary>Somebody is sent the code of a machine that is not theirs, again and again.</summary>
    private async Task DenyDevicesAsync(Account person)
    {
        using var machine = first.CreateClient();
        using var browser = first.CreateBrowser();
        await RaisedAsync(["KubeIdPDeviceCodesDenied"], async () =>
        {
            await person.OpenDevicePageAsync(browser, Ct);
            Assert.True((await browser.DenyAsync((await machine.AskForDeviceAsync(Ct)).Succeeded(), Ct)).Has("Denied"));
        });
    }

    private Task GuessAsync() => Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
    {
        using var stranger = first.CreateBrowser();
        var page = await stranger.GoAsync($"{first.Issuer.AbsolutePath}/account", Ct);
        await page.Fill("Your account is in", "Local accounts").Fill("Username", $"nobody{number}").Fill("Password", "not the password")
            .PressAsync("Sign in", Ct);
    }));

    private async Task<Person> SignInOfDirectoryAsync(string name)
    {
        using var browser = first.CreateBrowser();
        var kubectl = first.CreateClient();
        var account = new Account(name, Password, enrolmentCode: "", TimeProvider.System) { Directory = "corp" };
        browser.StopAt = kubectl.IsOurs;
        var page = await account.SignInAsync(browser, new Uri(kubectl.AuthorizeUrl()), Ct);
        account.SetupKey = page.ValueOf("Setup key");
        var code = RelyingParty.CodeOf(await account.VerifyAsync(page, Ct));
        return new Person(kubectl, (await kubectl.RedeemAsync(code, Ct)).Succeeded().RefreshToken!);
    }

    private async Task ExecuteAsync(string statement)
    {
        await using var source = NpgsqlDataSource.Create($"{database};Pooling=false");
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private async Task UntilAsync(string question, long answer)
    {
        await using var source = NpgsqlDataSource.Create(database);
        while (true)
        {
            await using var command = source.CreateCommand(question);
            if ((long)(await command.ExecuteScalarAsync(Ct))! == answer) return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), Ct);
        }
    }

    /// <summary>Somebody with a session, whose kubectl keeps its token when it gets no new one.</summary>
    private sealed class Person(RelyingParty kubectl, string refreshToken)
    {
        private string token = refreshToken;

        public async Task RefreshAsync()
        {
            var answer = await kubectl.RefreshAsync(token, Ct);
            if (answer.IsSuccess) token = answer.RefreshToken!;
        }
    }
}
