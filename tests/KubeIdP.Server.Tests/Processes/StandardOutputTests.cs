using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Cli;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>Log and audit on a standard output whose reader stands still or is gone, as a log driver may be.</summary>
public sealed class StandardOutputTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_blocked_reader_stops_nothing_and_gets_every_audit_event_later()
    {
        // The pipe is full from the first moment; the server itself keeps both of its ends open.
        await using var issuer = Issuer("exec 3<>pipe; head -c 65536 /dev/zero >&3; exec \"$@\" >&3");
        var pipe = Path.Combine(issuer.Folder, "pipe");
        using (var mkfifo = Process.Start("mkfifo", [pipe])) await mkfifo.WaitForExitAsync(Ct);
        await issuer.StartAsync(Ct);
        using var kubectl = issuer.CreateClient();
        using var browser = issuer.CreateBrowser();

        var tokens = await kubectl.LogInAsync(browser, await issuer.AddAccountAsync("alice", Ct), Ct);
        await CauseCheckpointsAsync(issuer);
        (await kubectl.RefreshPatientlyAsync(tokens.RefreshToken!, Ct)).Succeeded();
        var stop = Stopwatch.StartNew();
        Assert.Equal(0, await issuer.StopAsync(Ct));
        Assert.True(stop.Elapsed < TimeSpan.FromSeconds(15), $"The stop took {stop.Elapsed}.");

        var expected = await NumbersAsync(issuer, "SELECT id FROM audit_events");
        var written = new HashSet<long>();
        using var reader = new StreamReader(new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite));
        var restart = issuer.StartAsync(Ct);
        while (!expected.All(written.Contains))
        {
            var line = (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(Limit, Ct))!.TrimStart('\0');
            if (line.StartsWith("""{"log":"kubeidp.audit",""", StringComparison.Ordinal))
                written.Add(JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt64());
        }

        await restart;
    }

    // To a pipe without a reader everything can be written, by what the console says.
    [Fact]
    public async Task A_reader_that_is_gone_has_got_nothing()
    {
        await using var issuer = Issuer("exec \"$@\" > >(exec true)");
        await issuer.StartAsync(Ct);

        await CauseCheckpointsAsync(issuer);

        Assert.Equal([0L], await NumbersAsync(issuer, "SELECT count(*) FROM audit_checkpoints WHERE exported"));
    }

    // As where a log is appended to on a disk that is full: a scheduler goes by the status alone.
    [Fact]
    public async Task A_command_that_can_not_write_its_error_ends_with_the_exit_code_of_it()
    {
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n")
        {
            Program = _ => ["/bin/bash", "-c", "exec \"$@\" 2> /dev/full", "bash", IssuerProcess.DotnetHost, IssuerProcess.ServerDll],
        };
        await PreparedData.CopyToAsync(issuer.DataDirectory);

        Assert.Equal(ExitCode.NotDone, (await issuer.RunAsync(["people", "disable", "nobody"], ct: Ct)).ExitCode);
    }

    private static IssuerProcess Issuer(string script) => new($"issuer: https://localhost:{Ports.Free()}\naudit: {{ jsonLines: stdout }}\n")
    {
        Program = _ =>
            ["/bin/bash", "-c", $"[ \"$3\" = serve ] || exec \"$@\"; {script}", "bash", IssuerProcess.DotnetHost, IssuerProcess.ServerDll],
    };

    /// <summary>Three, one after the other: each takes a second, and so does an export.</summary>
    private static async Task CauseCheckpointsAsync(IssuerProcess issuer)
    {
        using var stranger = issuer.CreateClient();
        for (var i = 0; i < 3; i++)
        {
            var before = await NumbersAsync(issuer, "SELECT count(*) FROM audit_checkpoints");
            Assert.Equal("invalid_grant", (await stranger.RefreshAsync("no-token", Ct)).Error);
            for (var since = Stopwatch.StartNew(); (await NumbersAsync(issuer, "SELECT count(*) FROM audit_checkpoints"))
                .SequenceEqual(before); await Task.Delay(50, Ct))
                Assert.True(since.Elapsed < Limit, "The audit got no checkpoint.");
        }
    }

    private static async Task<List<long>> NumbersAsync(IssuerProcess issuer, string sql)
    {
        await using var database = Database.Sqlite(Path.Combine(issuer.DataDirectory, "kubeidp.db"), TimeProvider.System);
        await using var connection = await database.OpenAsync(Ct);
        await using var command = database.Command(connection, sql);
        await using var row = await command.ExecuteReaderAsync(Ct);
        var numbers = new List<long>();
        while (await row.ReadAsync(Ct)) numbers.Add(row.GetInt64(0));
        return numbers;
    }
}
