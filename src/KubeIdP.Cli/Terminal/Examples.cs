using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace KubeIdP.Cli.Terminal;

/// <summary>Examples of a command, which its <c>--help</c> prints: what people copy and change.</summary>
internal static class Examples
{
    // A group without examples of its own shows the first ones of its commands.
    private const int MaxOfGroup = 3;

    private static readonly ConditionalWeakTable<Command, IReadOnlyList<string>> Known = [];

    /// <summary>Gives a command its examples.</summary>
    /// <param name="command">The command.</param>
    /// <param name="lines">What follows the name of the program, such as <c>people list --group ops</c>.</param>
    public static TCommand With<TCommand>(this TCommand command, params IReadOnlyList<string> lines)
        where TCommand : Command
    {
        Known.AddOrUpdate(command, lines);
        return command;
    }

    /// <summary>What follows the name of the program.</summary>
    public static IReadOnlyList<string> Of(Command command) => Known.TryGetValue(command, out var own)
        ? own
        : [.. command.Subcommands.Where(one => !one.Hidden).Select(Of).Where(all => all.Count > 0).Select(all => all[0]).Take(MaxOfGroup)];

    /// <summary>Lets <c>--help</c> of all commands print their examples.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="program">The name of the program.</param>
    public static void AddToHelp(RootCommand root, string program)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, program);
    }

    private sealed class HelpWithExamples(HelpAction help, string program) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var exitCode = help.Invoke(parseResult);
            if (Of(parseResult.CommandResult.Command) is not [_, ..] examples) return exitCode;

            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in examples) output.WriteLine($"  {program} {example}");
            output.WriteLine();
            return exitCode;
        }
    }
}
