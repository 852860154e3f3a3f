using System.Diagnostics;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Native;

/// <summary>How deploy/kubeidp/publish.sh is called; what it makes is seen by the other tests here.</summary>
public sealed class PublishScriptTests
{
    [Theory]
    [InlineData(2, "Name the folder")]
    [InlineData(2, "There is no option --all", "--all")]
    [InlineData(2, "There is no part solaris", "nowhere", "linux-x64", "solaris")]
    [InlineData(2, "There is no part osx-x64 osx-arm64", "nowhere", "osx-x64 osx-arm64")]
    [InlineData(0, "publish.sh FOLDER [PART...]", "--help")]
    public async Task A_wrong_call_makes_nothing_and_says_why(int exitCode, string words, params string[] arguments)
    {
        var folder = Scratch.NewFolder("kubeidp-publish-");
        var start = new ProcessStartInfo(Repository.File("deploy/kubeidp/publish.sh"), arguments) { WorkingDirectory = folder };

        var outcome = await Programs.RunAsync(start, input: null, TestContext.Current.CancellationToken);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(words, exitCode == 0 ? outcome.Output : outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }
}
