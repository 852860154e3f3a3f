using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KubeIdP.Cli.Terminal;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>Ctrl-C and SIGTERM, where a command waits for input.</summary>
public sealed partial class InterruptTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly IssuerProcess issuer = new($"issuer: https://localhost:{Ports.Free()}\n");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string ConfigFile => Path.Combine(issuer.Folder, "kubeidp.yaml");

    private string DatabaseFile => Path.Combine(issuer.DataDirectory, "kubeidp.db");

    private string Backup => Path.Combine(issuer.Folder, "backup.db");

    public async ValueTask InitializeAsync()
    {
        await PreparedData.CopyToAsync(issuer.DataDirectory);
        await issuer.AddAccountAsync("alice", Ct);
        await using (var database = Database.Sqlite(DatabaseFile, TimeProvider.System))
        {
            await using (var connection = await database.OpenAsync(Ct))
            await using (
                var command = database.Command(connection,
                    "INSERT INTO sessions (id, person_id, auth_time, amr, last_seen_at, ends_at) SELECT 's', id, @now, 'pwd', @now, @now "
                    + "+ 3600000 FROM people"))
                await command.ExecuteNonQueryAsync(Ct);
            await database.CloseIdleConnectionsAsync(Ct);
        }

        await SqliteCopy.WriteAsync(DatabaseFile, Backup, Ct);
    }

    public ValueTask DisposeAsync() => issuer.DisposeAsync();

    [Fact]
    public async Task Every_prompt_of_a_terminal_can_be_left()
    {
        (string[] Words, string Prompt, int ExitCode)[] prompts =
        [
            (["people", "add", "bob"], "Password: ", 130),
            (["people", "add", "bob"], "Password: ", 143),
            (["people", "erase", "alice"], "Type alice to erase", 130),
            (["sessions", "revoke", "--all"], "Type the number of sessions", 143),
            (["restore", Backup], "Type restore to confirm", 130),
        ];

        var left = await Task.WhenAll(prompts.Select(prompt => LeaveAsync(prompt.Words, prompt.Prompt, prompt.ExitCode)));

        Assert.All(prompts.Zip(left), one =>
        {
            var (prompt, output) = one;
            Assert.True(output.Contains($"code={prompt.ExitCode}\n", StringComparison.Ordinal), output);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
            Assert.DoesNotContain("nhandled", output, StringComparison.Ordinal);

            // What is typed next is seen, and comes line by line.
            Assert.Matches(@"\sicanon\s", output);
            Assert.Matches(@"\secho\s", output);
        });
        Assert.Contains("alice", (await InProcess.RunAsync("people", "list", "--config", ConfigFile)).Succeeded().Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("Nobody is signed in",
            (await InProcess.RunAsync("sessions", "list", "--config", ConfigFile)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(issuer.DataDirectory, "*restor*"));
    }

    // As in a pipeline whose first part is slow.
    [Fact]
    public async Task A_command_that_waits_for_its_input_ends_when_it_is_asked_to()
    {
        using var process = Start(IssuerProcess.DotnetHost, [IssuerProcess.ServerDll, "people", "add", "bob", "--config", ConfigFile]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        for (var since = Stopwatch.StartNew(); !HasOpen(process.Id, DatabaseFile); await Task.Delay(20, Ct))
            Assert.True(since.Elapsed < Limit && !process.HasExited, "It did not come to its database.");

        await KillAsync(process.Id);
        await process.WaitForExitAsync(Ct).WaitAsync(Limit, Ct);

        Assert.Equal((143, "", ""), (process.ExitCode, await output, await error));
    }

    /// <summary>
    /// Starts a command on a terminal of its own, waits for its prompt, and interrupts it in the way that has this exit code; returns all
    /// that was on the terminal.
    /// </summary>
    private async Task<string> LeaveAsync(string[] words, string prompt, int exitCode)
    {
        // A shell that is in the middle of a script goes by how its command took the interrupt.
        var script = Path.Combine(issuer.Folder, $"{Guid.NewGuid():N}.sh");
        var quoted = string.Join(' ', words.Select(word => $"'{word}'"));
        await File.WriteAllTextAsync(script, $"""
            trap : INT
            bash -c 'echo "pid=$$"; exec "$@"' bash '{IssuerProcess.DotnetHost}' '{IssuerProcess.ServerDll}' \
              {quoted} --config '{ConfigFile}'
            echo "code=$?"
            stty -a
            """.ReplaceLineEndings("\n"), Ct);

        // Tests that run in the background ignore the interrupt, and so do the processes that they start.
        using var terminal = Start("/usr/bin/env",
            ["--default-signal=INT", "/usr/bin/script", "--quiet", "--flush", "--command", $"exec bash {script}", "/dev/null"]);
        var seen = new StringBuilder();
        var interrupted = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        var buffer = new char[1024];
        try
        {
            while (await terminal.StandardOutput.ReadAsync(buffer, limit.Token) is > 0 and var read)
            {
                seen.Append(buffer, 0, read);
                if (interrupted || !seen.ToString().Contains(prompt, StringComparison.Ordinal)) continue;

                interrupted = true;
                if (exitCode == 143)
                    await KillAsync(int.Parse(Pid().Match(seen.ToString()).Groups[1].ValueSpan, CultureInfo.InvariantCulture));
                else await terminal.StandardInput.WriteAsync("\u0003".AsMemory(), limit.Token);
                await terminal.StandardInput.FlushAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            terminal.Kill(entireProcessTree: true);
        }

        return seen.ToString().ReplaceLineEndings("\n");
    }

    private Process Start(string program, string[] words)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = issuer.Folder, RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }

    private static async Task KillAsync(int id)
    {
        using var kill = Process.Start("kill", ["-TERM", id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Ct);
    }

    private static bool HasOpen(int id, string file)
    {
        try
        {
            return Directory.GetFiles($"/proc/{id}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == file);
        }
        catch (IOException)
        {
            // One of them was closed meanwhile.
            return false;
        }
    }

    [GeneratedRegex(@"pid=(\d+)")]
    private static partial Regex Pid();
}
