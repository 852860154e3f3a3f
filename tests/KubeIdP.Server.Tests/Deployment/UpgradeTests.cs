using System.Collections.Concurrent;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>From this version to the next one, whose migrations are made for these tests.</summary>
public sealed class UpgradeTests
{
    private const int People = 6;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>
    /// In the order of the chart: a new pod waits in its init container, a Job migrates, old pods go one after the other.
    /// </summary>
    [Fact]
    public async Task Replicas_on_PostgreSQL_are_upgraded_under_load_without_a_failed_refresh()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(Ct);
        var masterKey = Replicas.NewMasterKey();
        await using var pods = new Pods();
        var (old, next) = (
            new[] { pods.Create(database, masterKey), pods.Create(database, masterKey) },
            new[] { pods.Create(database, masterKey, isNext: true), pods.Create(database, masterKey, isNext: true) });
        foreach (var pod in old) await pod.Issuer.StartAsync(Ct);
        await pods.WatchAsync();
        var load = new List<Task<int>>();
        using var over = new CancellationTokenSource();
        for (var i = 0; i < People; i++)
        {
            var person = await old[0].Issuer.AddAccountAsync($"person{i}", Ct);
            using var browser = old[0].Issuer.CreateBrowser();
            var tokens = (await old[i % old.Length].Client.LogInAsync(browser, person, Ct)).Succeeded();
            load.Add(Task.Run(() => RefreshAsync(pods, tokens.RefreshToken!, over.Token), Ct));
        }

        await pods.AnsweredAsync(People * 3);
        var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = next[0].Issuer.RunAsync(["check", "--wait"], line => said.TrySetResult(line), Ct);
        await Task.WhenAny(said.Task, waiting);
        Assert.False(waiting.IsCompleted, "The init container of a new pod does not wait for the migration.");
        Assert.StartsWith("Waiting. ", await said.Task, StringComparison.Ordinal);
        (await next[1].Issuer.RunAsync(["migrate"], ct: Ct)).Succeeded();
        await pods.AnsweredAsync(People * 3);
        Assert.All(old, pod => Assert.True(pod.IsReady, "An old server is not ready after the migration."));

        (await waiting).Succeeded();
        await next[0].Issuer.StartAsync(Ct);
        await next[0].BecameReadyAsync();
        Assert.Equal(0, await old[0].Issuer.StopAsync(Ct));
        await next[1].Issuer.StartAsync(Ct);
        await next[1].BecameReadyAsync();
        Assert.Equal(0, await old[1].Issuer.StopAsync(Ct));
        await pods.AnsweredAsync(People * 3);
        await over.CancelAsync();
        var refreshes = await Task.WhenAll(load);

        Assert.Empty(pods.Failures);
        Assert.All(refreshes, count => Assert.True(count > 3));
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Ct);
        await using var migrated = new NpgsqlCommand("SELECT count(*) FROM grants WHERE next_uses = 0", connection);
        Assert.Equal((long)People, await migrated.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task A_server_on_SQLite_is_stopped_and_the_next_one_migrates_and_nobody_signs_in_again()
    {
        var yaml = $"issuer: https://localhost:{Ports.Free()}\n";
        await using var issuer = new IssuerProcess(yaml);
        await issuer.StartAsync(Ct);
        var alice = await issuer.AddAccountAsync("alice", Ct);
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();
        var tokens = (await kubectl.LogInAsync(browser, alice, Ct)).Succeeded();
        await issuer.StopAsync(Ct);

        await using var next = new IssuerProcess(yaml, fresh: true) { Program = _ => NextVersion.Program };
        Directory.Move(issuer.DataDirectory, next.DataDirectory);
        await next.StartAsync(Ct);

        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(next.DataDirectory, "kubeidp.db")};Mode=ReadOnly"))
        {
            await connection.OpenAsync(Ct);
            await using var migrated = new SqliteCommand("SELECT count(*) FROM grants WHERE next_uses = 0", connection);
            Assert.Equal(1L, await migrated.ExecuteScalarAsync(Ct));
        }

        (await next.CreateClient().RefreshPatientlyAsync(tokens.RefreshToken!, Ct)).Succeeded();
    }

    /// <summary>As kubectl does once a minute, at whichever pod is ready; the first answer counts.</summary>
    private static async Task<int> RefreshAsync(Pods pods, string refreshToken, CancellationToken over)
    {
        for (var count = 0; ; count++)
        {
            if (over.IsCancellationRequested) return count;
            try
            {
                var answer = await pods.Choose().RefreshAsync(refreshToken, Ct);
                if (!answer.IsSuccess)
                {
                    pods.Failures.Add(answer.Text);
                    return count;
                }

                refreshToken = answer.RefreshToken!;
                pods.CountAnswer();
            }
            catch (HttpRequestException fault)
            {
                pods.Failures.Add(fault.Message);
                return count;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
        }
    }

    /// <summary>Servers behind a Service, which sends requests to those that are ready.</summary>
    private sealed class Pods : IAsyncDisposable
    {
        private readonly List<Pod> all = [];
        private readonly CancellationTokenSource end = new();
        private Task watching = Task.CompletedTask;
        private int answers;

        public ConcurrentBag<string> Failures { get; } = [];

        public Pod Create(string database, string masterKey, bool isNext = false)
        {
            var pod = new Pod(database, masterKey, isNext);
            all.Add(pod);
            return pod;
        }

        public void CountAnswer() => Interlocked.Increment(ref answers);

        public async Task AnsweredAsync(int more)
        {
            var goal = Volatile.Read(ref answers) + more;
            while (Volatile.Read(ref answers) < goal && Failures.IsEmpty) await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        }

        public RelyingParty Choose()
        {
            var ready = all.Where(pod => pod.IsReady).ToList();
            return ready.Count > 0 ? ready[Random.Shared.Next(ready.Count)].Client : throw new HttpRequestException("No pod is ready.");
        }

        /// <summary>Returns once each pod that runs has been asked.</summary>
        public async Task WatchAsync()
        {
            foreach (var pod in all) await pod.AskAsync();
            watching = Task.Run(async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    foreach (var pod in all) await pod.AskAsync();
                    await Task.Delay(TimeSpan.FromMilliseconds(250));
                }
            });
        }

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            await watching;
            end.Dispose();
            foreach (var pod in all) await pod.DisposeAsync();
        }
    }

    private sealed class Pod : IAsyncDisposable
    {
        private readonly HttpClient platform;

        public Pod(string database, string masterKey, bool isNext)
        {
            var port = Ports.Free();
            platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(3) };
            Issuer = new IssuerProcess(
                $"{Replicas.Configuration(database, masterKey)}\nmanagement:\n  listen: http://127.0.0.1:{port}\n")
            {
                Program = isNext ? _ => NextVersion.Program : null,
            };
            Client = Issuer.CreateClient();
        }

        public IssuerProcess Issuer { get; }

        public RelyingParty Client { get; }

        public bool IsReady { get; private set; }

        public async Task AskAsync()
        {
            try
            {
                using var answer = await platform.GetAsync("/readyz");
                IsReady = answer.IsSuccessStatusCode;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                IsReady = false;
            }
        }

        public async Task BecameReadyAsync()
        {
            while (!IsReady) await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        }

        public async ValueTask DisposeAsync()
        {
            platform.Dispose();
            Client.Dispose();
            await Issuer.DisposeAsync();
        }
    }
}
