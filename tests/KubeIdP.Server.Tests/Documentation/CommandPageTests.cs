using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Commands;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>
/// The page of all commands (src/docs/commands.md) has every command that the program has. <see cref="CommandNameTests"/> sees to it
/// that it has no other.
/// </summary>
public sealed partial class CommandPageTests
{
    [Theory]
    [InlineData("kubeidp-server", 30)]
    [InlineData("kubeidp", 20)]
    public async Task Every_command_is_on_the_page(string program, int atLeast)
    {
        var page = await File.ReadAllTextAsync(Repository.File("src/docs/commands.md"), TestContext.Current.CancellationToken);

        var commands = new List<string>();
        foreach (var command in await CommandsOfAsync(program, []))
        {
            var inside = await CommandsOfAsync(program, [command]);
            commands.AddRange(inside.Count == 0 ? [command] : inside.Select(name => $"{command} {name}"));
        }

        Assert.True(commands.Count > atLeast, $"Only {commands.Count} commands were found.");
        Assert.DoesNotContain(commands, command => !IsOn(page, command));
    }

    private static bool IsOn(string page, string command) => Row(command).IsMatch(page);

    private static async Task<List<string>> CommandsOfAsync(string program, IReadOnlyList<string> words)
    {
        string[] line = [.. words, "--help"];
        var help = (await (program == "kubeidp" ? InProcess.KubeidpAsync(line) : InProcess.RunAsync(line))).Output.ReplaceLineEndings("\n");
        var list = help.IndexOf("\nCommands:\n", StringComparison.Ordinal);
        return list < 0 ? [] : [.. Listed().Matches(help[list..].Split("\n\n")[0]).Select(listed => listed.Groups[1].Value)];
    }

    private static Regex Row(string command) => new($@"^\| `{Regex.Escape(command)}( [A-Z]+)?` \|", RegexOptions.Multiline);

    [GeneratedRegex(@"^ {2}([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex Listed();
}
