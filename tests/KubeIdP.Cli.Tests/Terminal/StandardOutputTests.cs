using System.Diagnostics;
using KubeIdP.Cli.Terminal;
using KubeIdP.Testing.Cli;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Cli.Tests.Terminal;

/// <summary>The program where what it prints can't be written.</summary>
public sealed class StandardOutputTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("completion bash", ">/dev/full")]
    [InlineData("completion bash", ">&-")]
    [InlineData("--help", ">/dev/full")]
    public async Task What_can_not_be_written_is_a_sentence_and_a_failure(string words, string redirect)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$0\" {words} {redirect}", CliProgram.FilePath]);

        var outcome = await Programs.RunAsync(start, input: null, Ct);

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("The output can't be written: ", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Trim().Split('\n'));
    }

    [Fact]
    public void A_word_that_is_no_command_is_all_that_is_said()
    {
        var said = UsageErrors.Of(CommandLine.Create().Parse(["logn"])).ToList();

        Assert.DoesNotContain("Required command was not provided.", said);
        Assert.Contains("Did you mean login?", string.Join('\n', said), StringComparison.Ordinal);
        Assert.Contains("Required command was not provided.", UsageErrors.Of(CommandLine.Create().Parse([])));
    }
}
