using System.Diagnostics;
using System.Net;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Processes;

/// <summary>A data directory on a full file system of its own, as a container's volume is one.</summary>
public sealed class FullDiskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_called_so_and_ends_by_itself()
    {
        await using var issuer = new IssuerProcess($$"""
            issuer: https://localhost:{{Ports.Free()}}
            tls: { certificateFile: server.pem, keyFile: server.key }
            """)
        {
            Program = issuer =>
            [
                Programs.Required("/usr/bin/bwrap"), "--dev-bind", "/", "/", "--die-with-parent", "--size", "3000000", "--tmpfs",
                issuer.DataDirectory, "--chdir", issuer.Folder,
                "/bin/bash", "-c", """
                wait_for() { until [ -e "$1" ]; do sleep 0.1; kill -0 $$ || exit; done; }
                (wait_for fill; dd if=/dev/zero of=data/fill bs=4096 2>/dev/null; touch full; wait_for empty; rm data/fill; touch emptied) &
                exec "$@"
                """, "bash", IssuerProcess.DotnetHost, IssuerProcess.ServerDll,
            ],
        };

        // What the server has in its folder nobody sees from here; so the authority is one of the test's, and lies where the client looks
        // for it.
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(["localhost"]);
        authority.WriteFiles(issuer.Folder, certificate);
        Directory.CreateDirectory(Path.GetDirectoryName(issuer.CaFile)!);
        await File.WriteAllTextAsync(issuer.CaFile, authority.Pem, Ct);
        await issuer.StartAsync(Ct);
        using var stranger = issuer.CreateClient();

        await DoAsync(issuer, "fill", "full");
        var full = await stranger.RefreshAsync("no-token", Ct);
        await DoAsync(issuer, "empty", "emptied");
        var healed = await stranger.RefreshAsync("no-token", Ct);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"), (full.Status, full.Error));
        Assert.Contains("The disk of the database is full.", full.Text, StringComparison.Ordinal);
        Assert.Contains(issuer.OutputLines,
            line => line.Contains("\"EventId\":1001,", StringComparison.Ordinal)
                && line.Contains("The disk of the database is full.", StringComparison.Ordinal));
        Assert.Equal("invalid_grant", healed.Error);
    }

    private static async Task DoAsync(IssuerProcess issuer, string word, string answer)
    {
        await File.WriteAllTextAsync(Path.Combine(issuer.Folder, word), "", Ct);
        for (var since = Stopwatch.StartNew(); !File.Exists(Path.Combine(issuer.Folder, answer)); await Task.Delay(50, Ct))
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(60), $"Nobody answered \"{word}\".");
    }
}
