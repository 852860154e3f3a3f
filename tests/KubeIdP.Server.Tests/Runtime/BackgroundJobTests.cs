using KubeIdP.Server.Commands;
using KubeIdP.Server.Runtime;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KubeIdP.Server.Tests.Runtime;

public sealed class BackgroundJobTests : IDisposable
{
    private readonly LogCapture log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_job_runs_again_whatever_is_thrown_and_logs_the_same_once()
    {
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), Ct);
        Exception[] faults = [new InvalidOperationException("a bug"), new InvalidOperationException("a bug"),
            new InvalidDataException("another"), new OperationCanceledException(), new KeyNotFoundException("a third")];
        var (startup, runs, done) = (new StartupState(), 0, new TaskCompletionSource());
        using var loggers = new LoggerFactory([log]);
        using var job = new Job(new JobServices(database.Clock, database.Database, startup, loggers.CreateLogger<BackgroundJob>()), () =>
        {
            if (runs < faults.Length) throw faults[runs++];
            done.SetResult();
            return null;
        });

        await job.StartAsync(Ct);
        Assert.Equal(0, runs);
        startup.Complete();
        await done.Task.WaitAsync(Ct);
        await job.ExecuteTask!.WaitAsync(Ct);

        Assert.Equal(4, job.Logged.Count);
        Assert.Equal(4, log.Lines.Count(line => line.Contains("background job Job", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_ends_without_having_been_asked_to_does_not_say_that_all_went_well()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Logging.AddProvider(log);
        await using var app = builder.Build();
        await app.StartAsync(Ct);

        var ending = ServeCommand.WaitForEndAsync(app, Ct);
        app.Lifetime.StopApplication();

        Assert.Equal(1, await ending);
        Assert.Contains(log.Lines, line => line.Contains("stops without a request to stop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_asked_to_end_ends_well()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        await using var app = builder.Build();
        await app.StartAsync(Ct);
        using var asked = new CancellationTokenSource();

        var ending = ServeCommand.WaitForEndAsync(app, asked.Token);
        await asked.CancelAsync();

        Assert.Equal(0, await ending);
    }

    private sealed class Job(JobServices services, Func<TimeSpan?> run) : BackgroundJob(services)
    {
        public List<Exception> Logged { get; } = [];

        protected override TimeSpan PauseAfterFailure => TimeSpan.Zero;

        protected override Task<TimeSpan?> RunAsync(CancellationToken stop) => Task.FromResult(run());

        protected override void LogFailure(Exception fault) => Logged.Add(fault);
    }
}
