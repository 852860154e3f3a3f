using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Operations;

/// <summary>What the platform asks, of real processes.</summary>
public sealed class ManagementTests
{
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

        Assert.Contains("KubeIdP.Server.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("EntityFrameworkCore", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_and_numbers_are_on_their_own_port_alone_and_nothing_else_is()
    {
        var port = Ports.Free();
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\nmanagement:\n  listen: http://127.0.0.1:{port}\n");
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
            (string[])["http_server_request_duration_seconds_bucket", "kubeidp_id_token_size", "kubeidp_signing_key_age_seconds", "kubeidp_certificate_remaining_seconds", "kubeidp_sessions_live", "kubeidp_audit_unsealed_age_seconds", "kestrel_active_connections"],
            name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.Contains("http_route=\"", metrics, StringComparison.Ordinal);
        Assert.Matches(@"kubeidp_logins_total\{[^}]*outcome=""succeeded""[^}]*\} 1\n", metrics);
        Assert.Matches(@"kubeidp_refreshes_total\{[^}]*outcome=""rotated""[^}]*\} 1\n", metrics);
        Assert.DoesNotContain("alice", metrics, StringComparison.Ordinal);

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

    // FR1, FR11: a replica that is cut off from the database leaves the rotation, and nobody restarts it for that.
    [Fact]
    public async Task Without_the_database_a_replica_lives_and_is_not_ready_and_says_why()
    {
        await using var server = await PostgresServer.StartNewAsync(Ct);
        var port = Ports.Free();
        await using var issuer = new IssuerProcess($"{Replicas.Configuration(await server.CreateDatabaseAsync(Ct), Replicas.NewMasterKey())}\nmanagement:\n  listen: http://127.0.0.1:{port}\n");
        await issuer.StartAsync(Ct);
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        await server.StopAsync(Ct);
        var (down, live) = (await platform.GetAsync("/readyz", Ct), await platform.GetAsync("/livez", Ct));
        await server.StartAsync(Ct);
        var up = await platform.GetAsync("/readyz", Ct);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.OK), (down.StatusCode, live.StatusCode, up.StatusCode));
        Assert.Contains("[-]database failed: ", await down.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("Not ready: database: ", issuer.Log, StringComparison.Ordinal);
        NpgsqlConnection.ClearAllPools();
    }

    // FR12. The client is a balancer: it asks for readiness four times a second, and sends nobody to a replica that is not ready.
    [Fact]
    public async Task A_stop_fails_no_request()
    {
        var port = Ports.Free();
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\nmanagement:\n  listen: http://127.0.0.1:{port}\n");
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
            while (!gone.IsCancellationRequested) tokens.Add((await kubectl.RefreshPatientlyAsync(tokens[^1].RefreshToken!, Ct)).Succeeded());
        }, Ct)).ToList();

        while (Volatile.Read(ref answered) < 200) await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        var stopping = issuer.StopAsync(Ct);
        HttpStatusCode ready;
        while ((ready = (await platform.GetAsync("/readyz", Ct)).StatusCode) == HttpStatusCode.OK) await Task.Delay(TimeSpan.FromMilliseconds(250), Ct);
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
        Assert.Contains(login.GetProperty("Scopes").EnumerateArray(), scope => scope.TryGetProperty("Reference", out var id) && id.GetString()!.Length == 12);
        Assert.Contains("kubectl", issuer.Log, StringComparison.Ordinal);
    }
}
