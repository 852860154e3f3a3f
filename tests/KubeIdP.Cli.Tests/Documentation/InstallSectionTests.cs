using System.Diagnostics;
using System.Text.RegularExpressions;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Documentation;

/// <summary>The commands that install the program work as they are written, in a home of their own.</summary>
public sealed partial class InstallSectionTests
{
    [Fact]
    public async Task Every_command_that_installs_the_program_works_as_written()
    {
        var ct = TestContext.Current.CancellationToken;
        var published = await PublishedCli.GetAsync();
        var page = await File.ReadAllTextAsync(Repository.File("src/docs/kubeidp.md"), ct);
        var blocks = Block().Matches(page).Select(block => block.Groups[1].Value).ToList();
        Assert.Equal(2, blocks.Count);
        var home = Scratch.NewFolder("kubeidp-home-");
        var work = Scratch.NewFolder("kubeidp-download-");
        (await RunAsync($"cp -r '{published.Archives}'/. .")).Succeeded();

        // Each in turn, and what it has installed.
        (await RunAsync($"set -e\n{blocks[0]}\n\"$HOME/.local/bin/kubeidp\" --version")).Succeeded();
        (await RunAsync($"set -e\n{blocks[1]}\n\"$HOME/.dotnet/tools/kubeidp\" --version")).Succeeded();

        Task<Outcome> RunAsync(string script)
        {
            var start = new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = work };
            start.Environment["HOME"] = start.Environment["DOTNET_CLI_HOME"] = home;
            start.Environment["NUGET_PACKAGES"] = Path.Combine(home, "packages");
            return Programs.RunAsync(start, input: null, ct);
        }
    }

    [GeneratedRegex(@"^```shell\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
