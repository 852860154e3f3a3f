using System.CommandLine;
using System.CommandLine.Parsing;

namespace KubeIdP.Cli.Terminal;

/// <summary>The error messages for an invalid command line, for all commands.</summary>
internal static class UsageErrors
{
    /// <summary>The message of the parser.</summary>
    private const string NoCommand = "Required command was not provided.";

    /// <summary>
    /// Lets every validator of every command fail with a message. A validator that reads an invalid value gets an exception, which would
    /// end the program without the message. Values of an enum are accepted only by name: the parser would also accept numbers, even those
    /// that are not defined.
    /// </summary>
    public static void AddValidators(Command command)
    {
        AddValidators(command.Validators);
        foreach (var option in command.Options)
        {
            if (ChoicesOf(option.ValueType) is { } choices) option.Validators.Add(given => CheckChoice(given, option.Name, choices));
            AddValidators(option.Validators);
        }

        foreach (var argument in command.Arguments)
        {
            if (ChoicesOf(argument.ValueType) is { } choices) argument.Validators.Add(given => CheckChoice(given, argument.Name, choices));
            AddValidators(argument.Validators);
        }

        foreach (var subcommand in command.Subcommands) AddValidators(subcommand);
    }

    /// <summary>
    /// Each message once, without names of .NET types. Of a word that is no command it is not said that there is none: its own message is.
    /// </summary>
    public static IEnumerable<string> Of(ParseResult parsed) =>
        parsed.Errors.Where(error => parsed.UnmatchedTokens is [] || error.Message != NoCommand)
            .GroupBy(error => error.Message, StringComparer.Ordinal)
            .Select(same => MessageOf(same.FirstOrDefault(error => error.SymbolResult is OptionResult or ArgumentResult) ?? same.First()))
            .Concat(Meant(parsed))
            .Distinct();

    /// <summary>For each word that nothing is called: what is called nearly so.</summary>
    private static IEnumerable<string> Meant(ParseResult parsed) =>
        parsed.UnmatchedTokens.Select(word => Suggestions.For(parsed.CommandResult.Command, word))
            .Where(names => names.Count > 0)
            .Select(names => $"Did you mean {string.Join(" or ", names)}?");

    private static void AddValidators<T>(IList<Action<T>> checks)
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
                    // This is also the parser's message for the value.
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

    private static string[]? ChoicesOf(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } choice ? Enum.GetNames(choice) : null;

    /// <summary>The message of the parser contains the .NET type that it expected.</summary>
    private static string MessageOf(ParseError error)
    {
        var (name, type, given) = error.SymbolResult switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType, option.Tokens),
            ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType, argument.Tokens),
            _ => ("", typeof(void), []),
        };
        return error.Message.Contains($"{type}", StringComparison.Ordinal)
            ? $"{name} takes {KindOf(Nullable.GetUnderlyingType(type) ?? type)}, not "
            + $"\"{string.Join(' ', given.Select(token => token.Value))}\"." : error.Message;
    }

    private static string KindOf(Type type)
    {
        if (type == typeof(int)) return "a whole number";
        if (type == typeof(bool)) return "true or false";
        return type == typeof(FileInfo) || type == typeof(FileInfo[]) ? "the path of a file" : "another kind of value";
    }
}
