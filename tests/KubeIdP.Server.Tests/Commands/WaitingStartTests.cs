using System.Net.Sockets;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Commands;
using KubeIdP.Server.Runtime;
using KubeIdP.Testing.Issuers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>How often a start that waits says what it waits for. That it waits at all, and for how long, is seen on real servers.</summary>
public sealed class WaitingStartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_dependency_is_logged_at_once_and_every_minute_and_another_cause_at_once()
    {
        Exception[] causes =
        [
            new NpgsqlException("Exception while reading", new SocketException((int)SocketError.HostNotFound, "Name or service not known")),
            new PostgresException("password authentication failed", "FATAL", "FATAL", PostgresErrorCodes.InvalidPassword),
            new NpgsqlException("Failed to connect to 192.0.2.1:5432"),
        ];
        var clock = new JumpingClock();
        using var log = new LogCapture();
        await using var database = Database.Postgres("Host=no-such-host.invalid", clock);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton(database).AddSingleton<StartupState>()
            .AddSingleton(new ServiceNotifier(socket: null, NullLogger.Instance));
        await using var app = builder.Build();
        var (start, listens) = (new WaitingStart(app, () => Task.FromResult(0)), new List<bool>());

        // Two and a half minutes of each, and then all is well.
        await start.RetryAsync(_ =>
        {
            listens.Add(start.IsListening);
            var number = (int)(clock.Passed / TimeSpan.FromMinutes(2.5));
            return number < causes.Length ? Task.FromException(causes[number]) : Task.CompletedTask;
        }, Ct);

        Assert.Equal(3, Said("The database does not answer: Name or service not known"));
        Assert.Equal(3, Said("The database refuses the account of this server: password authentication failed (28P01)"));
        Assert.Equal(3, Said("The database does not answer: Failed to connect to 192.0.2.1:5432"));
        Assert.Equal(1, Said("after waiting 450 s"));
        Assert.Equal(10, log.Lines.Count);
        Assert.Single(listens, isListening => !isListening);

        int Said(string words) => log.Lines.Count(line => line.Contains(words, StringComparison.Ordinal));
    }

    /// <summary>A wait by this clock takes no time: each wait advances it by its length, and nothing else does.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long ticks;

        public TimeSpan Passed => new(Interlocked.Read(ref ticks));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Passed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref ticks, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
