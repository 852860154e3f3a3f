using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Races;
using Xunit;

namespace KubeIdP.Testing.Cli;

/// <summary>
/// <c>kubeidp token</c> is killed (SIGKILL) at random moments while it replaces a token. The files stay whole, nobody signs in again, no
/// refresh token is presented that was replaced long ago, and no lock is left.
/// </summary>
public sealed class CliKillRace(ScriptedIssuer issuer, CliProgram kubeidp)
{
    // Older than it is used, and not at its end.
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(55);

    private readonly Random random = Chance.For(nameof(CliKillRace));

    /// <param name="progress">Gets the number of each round that has held.</param>
    public async Task RunAsync(int kills, IProgress<int>? progress, CancellationToken ct)
    {
        (await kubeidp.SignInAsync(issuer, ct)).Succeeded();
        (await kubeidp.RunAsync(ct, "token", "prod")).Succeeded();
        issuer.Delay = TimeSpan.FromMilliseconds(5);

        // From the start of a process to the end of what it does, on this machine.
        CliProgram.Age(kubeidp.ClusterFile("prod"), Old);
        var since = Stopwatch.StartNew();
        (await kubeidp.RunAsync(ct, "token", "prod")).Succeeded();
        var whole = (int)since.ElapsedMilliseconds;

        var midway = 0;
        for (var round = 1; round <= kills; round++)
        {
            CliProgram.Age(kubeidp.ClusterFile("prod"), Old);
            issuer.Forget();
            using (var process = kubeidp.Begin("token", "prod"))
            {
                await Task.Delay(random.Next(whole / 4, whole + 10), ct);
                process.Kill();
                await process.WaitForExitAsync(ct);
                if (process.ExitCode != 0) midway++;
            }

            AssertWhole(round);
            var next = await kubeidp.RunAsync(ct, "token", "prod");
            Assert.True(next.ExitCode == 0, $"Round {round}: {next.Error}");
            Assert.True(next.Error.Length == 0, $"Round {round}: {next.Error}");
            Assert.DoesNotContain("/connect/authorize", issuer.Requests);
            progress?.Report(round);
        }

        Assert.Equal(0, issuer.Replays);
        Assert.True(midway > 0, "No process was killed before its end.");
    }

    private void AssertWhole(int round)
    {
        foreach (var file in (string[])[kubeidp.ClusterFile("prod"), kubeidp.SessionFile()])
        {
            using var record = JsonDocument.Parse(File.ReadAllBytes(file));
            Assert.True(record.RootElement.GetProperty("version").GetInt32() == 1, $"Round {round}: {file}");
            Assert.Equal(FileModes.OwnerOnly, FileModes.Of(file));
        }
    }
}
