using System.CommandLine;
using System.CommandLine.Completions;

namespace KubeIdP.Cli.Terminal;

/// <summary>
/// Completion of commands, options and their values in shells. The script of a shell calls the hidden command <c>complete</c> with the
/// words typed so far, so that it knows every command of the program that is installed.
/// </summary>
internal static class CompletionCommand
{
    private const string AskName = "complete";

    /// <summary>Adds the command that prints the script, and the one that the script calls.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="program">The name of the program, as people type it.</param>
    public static void AddTo(RootCommand root, string program)
    {
        root.Add(Print(program));
        root.Add(Ask(root));
    }

    /// <summary>What the last word may become.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="words">What was typed after the name of the program; the last word may be empty.</param>
    internal static IEnumerable<CompletionItem> Of(RootCommand root, IReadOnlyList<string> words)
    {
        // bash makes three words of --output=json.
        List<string> whole = [.. words.Where((word, index) => word != "=" || index == words.Count - 1)];
        var last = whole is [.., var typed] && typed != "=" ? typed : "";
        string[] before = [.. whole.Take(whole.Count - 1)];

        var command = root.Parse(before, new ParserConfiguration { ResponseFileTokenReplacer = null }).CommandResult.Command;
        var items = before is [.., var option] && OptionOf(command, option) is { Arity.MinimumNumberOfValues: > 0 } asking
            ? asking.GetCompletions(CompletionContext.Empty)
            : last.StartsWith('-')
            ? Suggestions.OptionsOf(command).Where(one => one.AllowMultipleArgumentsPerToken || !before.Contains(one.Name))
                .Select(one => new CompletionItem(one.Name, detail: one.Description))
            : command.Subcommands.Where(one => !one.Hidden).Select(one => new CompletionItem(one.Name, detail: one.Description))
                .Concat(command.Arguments.SelectMany(argument => argument.GetCompletions(CompletionContext.Empty)));
        return items.Where(item => item.Label.StartsWith(last, StringComparison.OrdinalIgnoreCase));
    }

    private static Command Print(string program)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or powershell." };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.Shells]);
        var command = new Command("completion", "Print the script with which a shell completes commands, options and values.") { shell };
        command.SetAction(async (parsed, _) =>
        {
            await Console.Out.WriteAsync(CompletionScripts.For(parsed.GetValue(shell)!, program));
            return 0;
        });
        return command.With(
            $"completion bash > ~/.local/share/bash-completion/completions/{program}",
            $"completion zsh > ~/.zfunc/_{program}",
            $"completion fish > ~/.config/fish/completions/{program}.fish",
            "completion powershell >> $PROFILE");
    }

    private static Command Ask(RootCommand root)
    {
        var words = new Argument<string[]>("WORD") { Description = "What was typed after the name of the program." };
        var command = new Command(AskName, "Print what the last word may become, one on each line, for the scripts.")
        {
            words,
        };
        command.Hidden = true;
        command.SetAction(async (parsed, _) =>
        {
            foreach (var item in Of(root, parsed.GetValue(words) ?? []))
                await Console.Out.WriteLineAsync($"{item.Label}\t{SentenceOf(item.Detail)}");
            return 0;
        });
        return command.With("complete -- people l");
    }

    private static Option? OptionOf(Command command, string name) =>
        Suggestions.OptionsOf(command).FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    /// <summary>The first sentence of a description, on one line.</summary>
    private static string SentenceOf(string? description)
    {
        var line = (description ?? "").ReplaceLineEndings(" ");
        return line.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? line[..end] : line.TrimEnd('.');
    }
}
