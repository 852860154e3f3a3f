using System.Diagnostics;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Terminal;

/// <summary>A table in a real terminal, and where the output goes elsewhere.</summary>
public sealed class TerminalWidthTests : IDisposable
{
    private const int Columns = 60;

    private static readonly string Server = Path.ChangeExtension(IssuerProcess.ServerDll, null);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_table_fits_the_terminal_and_is_whole_where_it_is_redirected()
    {
        var inTerminal = await RunAsync(
            "/usr/bin/script", "--quiet", "--command", $"stty cols {Columns}; {Server} config show", "/dev/null");
        var redirected = await RunAsync(Server, "config", "show");

        Assert.Contains(inTerminal, line => line.Contains('…'));
        Assert.All(inTerminal.Skip(1), line => Assert.True(line.Length <= Columns, line));
        Assert.DoesNotContain(redirected, line => line.Contains('…'));
        Assert.Contains(redirected, line => line.Length > Columns);
        Assert.Equal(redirected.Count, inTerminal.Count);
    }

    private async Task<List<string>> RunAsync(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = folder.Path };
        start.Environment["KUBEIDP__ISSUER"] = "https://a-host-with-a-long-name.example.test";
        var outcome = await Programs.RunAsync(start, input: "", TestContext.Current.CancellationToken);
        return [.. outcome.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];
    }
}
