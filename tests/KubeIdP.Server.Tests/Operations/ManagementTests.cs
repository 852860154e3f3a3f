using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Operations;

/// <summary>What the platform asks, of real processes.</summary>
public sealed class ManagementTests
{
    /// <summary><c>timeoutSeconds</c> of the probes in deploy/kustomize.</summary>
    private static readonly TimeSpan KubeletTimeout = TimeSpan.FromSeconds(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_that_is_taken_is_all_that_is_said()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var issuer = new IssuerProcess($"issuer: https://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}\n");

        var ended = await issuer.RunAsync(["serve"], ct: Ct);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("The server can't listen: ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("BackgroundService", ended.Output + ended.Error, StringComparison.Ordinal);
    }

    // What it would take to load is a quarter of what a server may have.
    [Fact]
    public async Task A_running_server_does_without_EF_Core()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        await issuer.StopAsync(Ct);
        await issuer.StartAsync(Ct);

        var loaded = await File.ReadAllTextAsync($"/proc/{issuer.ProcessId}/maps", Ct);

        Assert.Contains("kubeidp-server.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("EntityFrameworkCore", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_and_numbers_are_on_their_own_port_alone_and_nothing_else_is()
    {
        var port = Ports.Free();
        await using var issuer =
            new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\nmanagement:\n  listen: http://127.0.0.1:{port}\n");
        await issuer.StartAsync(Ct);
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var people = new HttpClient(issuer.CreateHandler()) { BaseAddress = issuer.Issuer };
        var alice = await issuer.AddAccountAsync("alice", Ct, "platform");
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, alice, Ct);
        (await kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct)).Succeeded();

        Assert.Equal("ok\n", await platform.GetStringAsync("/livez", Ct));
        Assert.Equal("[+]running ok\n[+]database ok\n[+]clock ok\n[+]keys ok\nready\n", await platform.GetStringAsync("/readyz", Ct));
        var metrics = await platform.GetStringAsync("/metrics", Ct);
        Assert.All(
            (string[])["http_server_request_duration_seconds_bucket", "kubeidp_id_token_size", "kubeidp_signing_key_age_seconds",
                "kubeidp_certificate_remaining_seconds", "kubeidp_sessions_live", "kubeidp_audit_uncovered_age_seconds",
                "kestrel_active_connections"],
            name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.Contains("http_route=\"", metrics, StringComparison.Ordinal);
        Assert.Matches(@"kubeidp_logins_total\{[^}]*outcome=""succeeded""[^}]*\} 1\n", metrics);
        Assert.Matches(@"kubeidp_refreshes_total\{[^}]*outcome=""rotated""[^}]*\} 1\n", metrics);
        Assert.DoesNotContain("alice", metrics, StringComparison.Ordinal);

        // Among people's requests the platform's own, which never fail, would hide those that do. People come over TLS here, the platform
        // without.
        Assert.Matches(@"http_server_request_duration[^\n]*url_scheme=""https""", metrics);
        Assert.DoesNotMatch(@"http_server_request_duration[^\n]*url_scheme=""http""", metrics);
        Assert.Matches(@"kubeidp_ready\{[^}]*check=""database""[^}]*\} 1\n", metrics);

        // Its ports are taken, by itself.
        var check = await issuer.RunAsync(["check"], ct: Ct);
        Assert.True(check.ExitCode == 0, check.Output + check.Error);
        Assert.Equal(2, check.Output.Split("is held by a running server of this issuer").Length - 1);

        // PX4, and the other way round: no login through a port that a network policy leaves to Prometheus.
        foreach (var path in (string[])["/livez", "/readyz", "/metrics"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = $"127.0.0.1:{port}" } };
            Assert.Equal(HttpStatusCode.NotFound, (await people.SendAsync(request, Ct)).StatusCode);
        }

        foreach (var path in (string[])["/", "/login", "/admin", "/.well-known/openid-configuration", "/connect/token"])
            Assert.Equal(HttpStatusCode.NotFound, (await platform.GetAsync(path, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await platform.PostAsync("/livez", null, Ct)).StatusCode);
    }

    // FR1, FR11: a replica that can't work leaves the rotation, one that can does not, and nobody restarts it for either.
    [Fact]
    public async Task Readiness_says_what_requests_would_meet_and_liveness_waits_for_nothing()
    {
        await using var server = await PostgresServer.StartNewAsync(Ct);
        var database = await server.CreateDatabaseAsync(Ct);
        await using var proxy = new PostgresProxy(database);
        var port = Ports.Free();
        await using var issuer =
            new IssuerProcess(
                $"{Replicas.Configuration(proxy.Through(database), Replicas.NewMasterKey())}\nmanagement:\n  listen: "
                + $"http://127.0.0.1:{port}\n");
        await issuer.StartAsync(Ct);
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct), Ct);

        // After a failover every connection in the pool is broken. Who asks with the first of them is no worse off than a refresh.
        tokens = (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct))))
            .Select(answer => answer.Succeeded()).First();
        await server.AdministerAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'kubeidp%'", Ct);
        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(platform));

        await server.AdministerAsync("ALTER SYSTEM SET default_transaction_read_only = on", Ct);
        await server.AdministerAsync("SELECT pg_reload_conf()", Ct);
        await UntilReadyIsAsync(platform, HttpStatusCode.ServiceUnavailable, "[-]database failed: The database is read-only. ");
        await server.AdministerAsync("ALTER SYSTEM SET default_transaction_read_only = off", Ct);
        await server.AdministerAsync("SELECT pg_reload_conf()", Ct);
        await UntilReadyIsAsync(platform, HttpStatusCode.OK, "ready");

        // Some give up waiting and some don't: for both the driver asks the server to cancel, and waits for that too.
        proxy.Hang();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        impatient.CancelAfter(TimeSpan.FromMilliseconds(500));
        var waiting = Enumerable.Range(0, 40)
            .Select(number => SettledAsync(kubectl.RefreshAsync(tokens.RefreshToken!, number % 2 == 0 ? Ct : impatient.Token))).ToList();
        var slowest = TimeSpan.Zero;
        for (var since = Stopwatch.StartNew(); since.Elapsed < TimeSpan.FromSeconds(13);)
        {
            slowest = Longer(slowest, await TookAsync(() => platform.GetStringAsync("/livez", Ct)));
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
            if (since.Elapsed < TimeSpan.FromSeconds(2)) continue;

            var took = await TookAsync(async () =>
                Assert.Equal((HttpStatusCode.ServiceUnavailable, "[-]database failed: it did not answer within 1.5 s"),
                    await ReadyAsync(platform, line: 1)));
            Assert.True(took < KubeletTimeout, $"A kubelet waits for {KubeletTimeout}, not for {took}.");
        }

        Assert.True(slowest < KubeletTimeout, $"It took {slowest} to say that the process is alive.");
        Assert.Matches(@"kubeidp_ready\{[^}]*check=""database""[^}]*\} 0\n", await platform.GetStringAsync("/metrics", Ct));
        proxy.GoOn();
        await Task.WhenAll(waiting);
        await UntilReadyIsAsync(platform, HttpStatusCode.OK, "ready");
        (await kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct)).Succeeded();

        await server.StopAsync(Ct);
        var (down, live) = (await platform.GetAsync("/readyz", Ct), await platform.GetAsync("/livez", Ct));
        await server.StartAsync(Ct);
        await UntilReadyIsAsync(platform, HttpStatusCode.OK, "ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (down.StatusCode, live.StatusCode));
        Assert.Contains("[-]database failed: ", await down.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("Not ready: database: ", issuer.Log, StringComparison.Ordinal);
        NpgsqlConnection.ClearAllPools();
    }

    // Another program in the file, for a backup or by hand. SQLite waits in the thread that asks, and there are two of those.
    [Fact]
    public async Task A_lock_on_the_SQLite_file_holds_up_who_writes_and_nobody_else()
    {
        var port = Ports.Free();
        await using var issuer =
            new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\nmanagement:\n  listen: http://127.0.0.1:{port}\n");
        await issuer.StartAsync(Ct);
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var tokens = await kubectl.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct), Ct);
        await using var file = new SqliteConnection($"Data Source={Path.Combine(issuer.DataDirectory, "kubeidp.db")};Pooling=false");
        await file.OpenAsync(Ct);

        List<Task<TokenAnswer>> waiting;
        await using (await file.BeginTransactionAsync(Ct))
        {
            waiting = [.. Enumerable.Range(0, 20).Select(_ => kubectl.RefreshAsync(tokens.RefreshToken!, Ct))];
            var ready = await TookAsync(async () =>
                Assert.Equal(
                    (HttpStatusCode.ServiceUnavailable,
                        "[-]database failed: The database is busy with another transaction. SQLite Error 5: 'database is locked'."),
                        await ReadyAsync(platform, line: 1)));
            Assert.True(ready < KubeletTimeout, $"A kubelet waits for {KubeletTimeout}, not for {ready}.");
            var live = await TookAsync(() => platform.GetStringAsync("/livez", Ct));
            Assert.True(live < KubeletTimeout, $"It took {live} to say that the process is alive.");
            Assert.DoesNotContain(waiting, answer => answer.IsCompleted);
        }

        // They have waited for longer than the two seconds within which a token may be issued, or shorter.
        Assert.All(await Task.WhenAll(waiting),
            answer => Assert.True(answer.IsSuccess || answer.Status == HttpStatusCode.ServiceUnavailable, answer.Text));
        await UntilReadyIsAsync(platform, HttpStatusCode.OK, "ready");
        (await kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct)).Succeeded();
    }

    // FR12. The client is a balancer: it asks for readiness four times a second, and sends nobody to a replica that is not ready.
    [Fact]
    public async Task A_stop_fails_no_request()
    {
        var port = Ports.Free();
        await using var issuer =
            new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\nmanagement:\n  listen: http://127.0.0.1:{port}\n");
        await issuer.StartAsync(Ct);
        var alice = await issuer.AddAccountAsync("alice", Ct, "platform");
        var tokens = new List<TokenAnswer>();
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        tokens.Add(await kubectl.LogInAsync(browser, alice, Ct));

        using var balanced = new HttpClient(issuer.CreateHandler()) { BaseAddress = issuer.Issuer };
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var gone = new CancellationTokenSource();
        var (answered, refused) = (0, 0);
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!gone.IsCancellationRequested)
            {
                using var answer = await balanced.GetAsync(".well-known/jwks", Ct);
                Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref answered : ref refused);
                await Task.Delay(TimeSpan.FromMilliseconds(20), Ct);
            }
        }, Ct)).Append(Task.Run(async () =>
        {
            while (!gone.IsCancellationRequested)
                tokens.Add((await kubectl.RefreshPatientlyAsync(tokens[^1].RefreshToken!, Ct)).Succeeded());
        }, Ct)).ToList();

        while (Volatile.Read(ref answered) < 200) await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        var stopping = issuer.StopAsync(Ct);
        HttpStatusCode ready;
        while ((ready = (await platform.GetAsync("/readyz", Ct)).StatusCode) == HttpStatusCode.OK)
            await Task.Delay(TimeSpan.FromMilliseconds(250), Ct);
        var before = Volatile.Read(ref answered);
        while (Volatile.Read(ref answered) < before + 100) await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        await gone.CancelAsync();
        await Task.WhenAll(load);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 0), (ready, refused));
        Assert.Equal(0, await stopping);
        Assert.True(tokens.Count > 2);
    }

    [Fact]
    public async Task A_log_that_is_collected_is_an_object_on_each_line_with_the_reference_of_its_request()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await issuer.StartAsync(Ct);
        using var kubectl = issuer.CreateClient();
        var refused = await kubectl.RedeemAsync("not-a-code", Ct);
        using var browser = issuer.CreateBrowser();
        await (await browser.GoAsync("/account", Ct)).Fill("Username", "nobody").Fill("Password", "wrong").PressAsync("Sign in", Ct);
        await issuer.StopAsync(Ct);

        var lines = issuer.OutputLines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var login = lines.Single(line => line.GetProperty("EventId").GetInt32() == 1102);
        Assert.False(refused.IsSuccess);
        Assert.NotEmpty(lines);
        Assert.Contains(login.GetProperty("Scopes").EnumerateArray(),
            scope => scope.TryGetProperty("Reference", out var id) && id.GetString()!.Length == 12);
        Assert.Equal(issuer.OutputLines, issuer.Log.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static async Task<TimeSpan> TookAsync(Func<Task> act)
    {
        var since = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(since);
    }

    /// <param name="line">Which one of the page; -1 for the last, which is the verdict.</param>
    private static async Task<(HttpStatusCode Status, string Line)> ReadyAsync(HttpClient platform, int line = -1)
    {
        using var answer = await platform.GetAsync("/readyz", Ct);
        var lines = (await answer.Content.ReadAsStringAsync(Ct)).TrimEnd().Split('\n');
        return (answer.StatusCode, lines[line < 0 ? lines.Length - 1 : line]);
    }

    /// <summary>A setting that PostgreSQL reads again reaches its connections one after the other.</summary>
    private static async Task UntilReadyIsAsync(HttpClient platform, HttpStatusCode status, string line)
    {
        for (var since = Stopwatch.StartNew();; await Task.Delay(TimeSpan.FromMilliseconds(100), Ct))
        {
            using var answer = await platform.GetAsync("/readyz", Ct);
            var text = await answer.Content.ReadAsStringAsync(Ct);
            if (answer.StatusCode == status && text.Contains(line, StringComparison.Ordinal)) return;
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(20), text);
        }
    }

    private static async Task SettledAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
