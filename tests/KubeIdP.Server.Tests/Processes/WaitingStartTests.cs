using System.Net;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>A server that starts before its database waits for it.</summary>
public sealed class WaitingStartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_that_starts_without_its_database_is_alive_says_what_is_missing_and_becomes_ready_by_itself()
    {
        await using var server = await PostgresServer.StartNewAsync(Ct);
        await server.CreateAccountAsync("kubeidp", "right", Ct);
        var database = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync(Ct)) { Username = "kubeidp" };
        var (folder, port) = (Scratch.NewFolder("kubeidp-password-"), Ports.Free());
        var passwordFile = $"{folder}/password";
        await File.WriteAllTextAsync(passwordFile, "wrong", Ct);
        await server.StopAsync(Ct);
        await using var issuer =
            new IssuerProcess(
                $"{Replicas.Configuration(database.ToString(), Replicas.NewMasterKey())}\n  passwordFile: {passwordFile}\nmanagement:\n  "
                + $"listen: http://127.0.0.1:{port}\n");
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var people = new HttpClient(issuer.CreateHandler()) { BaseAddress = issuer.Issuer };

        var starting = issuer.StartAsync(Ct);
        await LoggedAsync(issuer, "The database does not answer");
        await UntilAsync(() => IsAliveAsync(platform), issuer);
        using var away = await platform.GetAsync("/readyz", Ct);
        using var discovery = await people.GetAsync($"{issuer.Issuer}/.well-known/openid-configuration", Ct);

        await server.StartAsync(Ct);
        await LoggedAsync(issuer, "The database refuses the account of this server");
        using var locked = await platform.GetAsync("/readyz", Ct);

        Assert.False(starting.IsCompleted);
        await File.WriteAllTextAsync(passwordFile, "right", Ct);
        await starting;
        using var ready = await platform.GetAsync("/readyz", Ct);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK),
            (away.StatusCode, locked.StatusCode, ready.StatusCode));
        Assert.Contains("[-]running failed: the server is starting and waits: The database does not answer",
            await away.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("password authentication failed", await locked.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, discovery.StatusCode);
        Assert.NotNull(discovery.Headers.RetryAfter);
        Assert.Contains("\"EventId\":1006", issuer.Log, StringComparison.Ordinal);
        Assert.Equal(0, await issuer.StopAsync(Ct));
    }

    [Fact]
    public async Task A_server_that_waits_for_its_database_stops_when_it_is_asked_to()
    {
        await using var issuer =
            new IssuerProcess(Replicas.Configuration("Host=no-such-host.invalid;Username=postgres;Database=none", Replicas.NewMasterKey()));

        var starting = issuer.StartAsync(Ct);
        await LoggedAsync(issuer, "The database does not answer");
        var exitCode = await issuer.StopAsync(Ct);

        Assert.Equal(0, exitCode);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => starting);
    }

    private static async Task<bool> IsAliveAsync(HttpClient platform)
    {
        try
        {
            return await platform.GetStringAsync("/livez", Ct) == "ok\n";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Task LoggedAsync(IssuerProcess issuer, string text) =>
        UntilAsync(() => Task.FromResult(issuer.Log.Contains(text, StringComparison.Ordinal)), issuer);

    private static async Task UntilAsync(Func<Task<bool>> isSo, IssuerProcess issuer)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            Assert.False(limit.IsCancellationRequested, issuer.Log);
            await Task.Delay(50, Ct);
        }
    }
}
