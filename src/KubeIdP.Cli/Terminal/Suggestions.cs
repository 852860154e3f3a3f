using System.CommandLine;

namespace KubeIdP.Cli.Terminal;

/// <summary>What somebody may have meant by a word that is no command and no option.</summary>
internal static class Suggestions
{
    /// <summary>The most similar commands or options, at most two; none if nothing is similar.</summary>
    /// <param name="command">The last command that was understood.</param>
    /// <param name="word">What was typed after it.</param>
    public static IReadOnlyList<string> For(Command command, string word)
    {
        var names = word.StartsWith('-')
            ? OptionsOf(command).SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.Length > 2)
            : command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name);
        var typed = word.Split('=')[0];
        var near = names.Distinct().Select(name => (Name: name, Distance: Distance(typed, name)))
            .Where(one => one.Distance <= Math.Max(1, one.Name.Length / 3)).ToList();
        return near is [] ? [] : [.. near.Where(one => one.Distance == near.Min(other => other.Distance))
            .Select(one => one.Name).Order(StringComparer.Ordinal).Take(2)];
    }

    /// <summary>The options that may be typed after a command: its own, and those of its parents that all below them have.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        var inherited = command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(option => option.Recursive);
        return command.Options.Concat(inherited).Where(option => !option.Hidden).DistinctBy(option => option.Name);
    }

    /// <summary>
    /// How many characters were left out, added, replaced or swapped with their neighbour (the distance of Damerau and Levenshtein, in the
    /// form that changes no part twice).
    /// </summary>
    internal static int Distance(string typed, string meant)
    {
        var table = new int[typed.Length + 1, meant.Length + 1];
        for (var i = 0; i <= typed.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= meant.Length; j++) table[0, j] = j;
        for (var i = 1; i <= typed.Length; i++)
        for (var j = 1; j <= meant.Length; j++)
        {
            var replaced = table[i - 1, j - 1] + (typed[i - 1] == meant[j - 1] ? 0 : 1);
            table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
            if (i > 1 && j > 1 && typed[i - 1] == meant[j - 2] && typed[i - 2] == meant[j - 1])
                table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
        }

        return table[typed.Length, meant.Length];
    }
}
