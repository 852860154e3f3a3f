using System.CommandLine;
using System.CommandLine.Parsing;

namespace KubeIdP.Server.Commands;

/// <summary>What is said of a command line that can't be used, whatever stands in it, for all verbs that there are and will be.</summary>
internal static class UsageErrors
{
    /// <summary>
    /// Lets every check of every verb fail in words. A check that asks for a value gets an exception where that can't be read, and would end the program before
    /// anybody heard what is wrong. And by its name alone is a value of an enumeration given: the parser would also take numbers, and such as name nothing.
    /// </summary>
    public static void Guard(Command command)
    {
        Guard(command.Validators);
        foreach (var option in command.Options)
        {
            if (ChoicesOf(option.ValueType) is { } choices) option.Validators.Add(given => CheckChoice(given, option.Name, choices));
            Guard(option.Validators);
        }

        foreach (var argument in command.Arguments)
        {
            if (ChoicesOf(argument.ValueType) is { } choices) argument.Validators.Add(given => CheckChoice(given, argument.Name, choices));
            Guard(argument.Validators);
        }

        foreach (var verb in command.Subcommands) Guard(verb);
    }

    /// <summary>Each once, in words that don't need a programmer.</summary>
    public static IEnumerable<string> Of(ParseResult parsed) =>
        parsed.Errors.GroupBy(error => error.Message, StringComparer.Ordinal).Select(same => WordsOf(same.FirstOrDefault(error => error.SymbolResult is OptionResult or ArgumentResult) ?? same.First())).Distinct();

    private static void Guard<T>(IList<Action<T>> checks)
        where T : SymbolResult
    {
        for (var i = 0; i < checks.Count; i++)
        {
            var check = checks[i];
            checks[i] = given =>
            {
                try
                {
                    check(given);
                }
                catch (InvalidOperationException fault)
                {
                    // What the parser says of the value as well.
                    given.AddError(fault.Message);
                }
            };
        }
    }

    private static void CheckChoice(SymbolResult given, string name, string[] choices)
    {
        foreach (var token in given.Tokens.Where(token => !choices.Contains(token.Value, StringComparer.OrdinalIgnoreCase)))
            given.AddError($"{name} takes {string.Join(" or ", choices)}, not \"{token.Value}\".");
    }

    private static string[]? ChoicesOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } choice ? Enum.GetNames(choice) : null;

    /// <summary>The parser names the type that it wanted, as the compiler does.</summary>
    private static string WordsOf(ParseError error)
    {
        var (name, type, given) = error.SymbolResult switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType, option.Tokens),
            ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType, argument.Tokens),
            _ => ("", typeof(void), []),
        };
        return error.Message.Contains($"{type}", StringComparison.Ordinal) ? $"{name} takes {KindOf(Nullable.GetUnderlyingType(type) ?? type)}, not \"{string.Join(' ', given.Select(token => token.Value))}\"." : error.Message;
    }

    private static string KindOf(Type type)
    {
        if (type == typeof(int)) return "a whole number";
        if (type == typeof(bool)) return "true or false";
        return type == typeof(FileInfo) || type == typeof(FileInfo[]) ? "the path of a file" : "another kind of value";
    }
}
