using System.CommandLine;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>The commands of the acts on a person (<see cref="PersonAct"/>), and their output.</summary>
internal static class PersonCommands
{
    public static Argument<string> Name() => new("NAME") { Description = "The user name, as Kubernetes will see it." };

    /// <summary>An option that may be given several times, for an argument that is a list of names.</summary>
    public static Option<string[]> OptionFor(PersonActArgument.Names argument) => new(argument.Option)
    {
        Description = $"{argument.Description}; may be given several times.", DefaultValueFactory = _ => [],
    };

    /// <summary>A command for each act.</summary>
    public static IEnumerable<Command> Acts(CommandContext context) => PersonActs.All.Select(act => CommandFor(context, act));

    public static async Task<int> NotFoundAsync(string name)
    {
        await Console.Error.WriteLineAsync($"There is no person with the user name {name}.");
        return CommandLine.NotDone;
    }

    private static Command CommandFor(CommandContext context, PersonActDefinition act)
    {
        var name = Name();
        var command = new Command(act.Name, act.Summary) { name };
        var valueOf = act.Argument is { } argument ? AddArgument(command, argument) : _ => null;
        var reason = ReasonOption.Create();
        var tell = ReasonOption.CreateTell(reason);
        var output = OutputFormat.Option();
        command.AddReason(reason, context);
        if (act.EndsSessions) command.Add(tell);
        command.Add(output);
        if (act.Issues is not null) command.SetPrivateAction(RunAsync);
        else command.SetAction((parsed, ct) => RunAsync(parsed, Console.Out, ct));
        return command;

        Task<int> RunAsync(ParseResult parsed, TextWriter to, CancellationToken ct) =>
            context.AdministerAsync(parsed, administration => DoAsync(administration, parsed, to, ct), ct);

        async Task<int> DoAsync(IAdministration administration, ParseResult parsed, TextWriter to, CancellationToken ct)
        {
            var person = await administration.PersonOfNameAsync(parsed.GetValue(name)!, ct);
            if (person is null or { Status: PersonStatus.Removed }) return await NotFoundAsync(parsed.GetValue(name)!);

            var why = new EndingReason(parsed.GetValue(reason), act.EndsSessions && parsed.GetValue(tell));
            var answer = await administration.DoAsync(act.Act, person.Id, valueOf(parsed), why, ct);
            if (OutputOf(act, answer, person) is not var (json, text)) return await NotDoneAsync(person.Username, answer);

            await OutputFormat.WriteAsync(to, parsed.GetValue(output), json, text);
            return 0;
        }
    }

    /// <summary>Adds what gives the argument, and <c>--none</c>: forgetting it must not remove anything.</summary>
    /// <returns>Reads the value.</returns>
    private static Func<ParseResult, PersonActValue?> AddArgument(Command command, PersonActArgument argument) => argument switch
    {
        PersonActArgument.Names names => AddNames(command, names),
        PersonActArgument.Text text => AddText(command, text),
        _ => throw new InvalidOperationException("An argument of an unknown kind."),
    };

    private static Func<ParseResult, PersonActValue?> AddNames(Command command, PersonActArgument.Names argument)
    {
        var names = OptionFor(argument);
        var none = new Option<bool>("--none") { Description = $"Remove all {argument.Words}." };
        command.Add(names);
        command.Add(none);
        command.Validators.Add(given =>
        {
            if (given.GetValue(names) is { Length: > 0 } == given.GetValue(none))
                given.AddError($"Give the new {argument.Words}, each with {argument.Option}, or --none.");
        });
        return parsed => new PersonActValue.Names(parsed.GetValue(names)!);
    }

    private static Func<ParseResult, PersonActValue?> AddText(Command command, PersonActArgument.Text argument)
    {
        var text = new Argument<string?>(argument.Path.ToUpperInvariant())
        {
            Description = $"{argument.Description}.", Arity = ArgumentArity.ZeroOrOne,
        };
        var none = new Option<bool>("--none") { Description = $"Remove the {argument.Words}." };
        command.Add(text);
        command.Add(none);
        command.Validators.Add(given =>
        {
            // An empty text must not remove anything: a variable of a script may be empty by mistake.
            if (string.IsNullOrWhiteSpace(given.GetValue(text)) != given.GetValue(none))
                given.AddError($"Give the new {argument.Words}, or --none.");
        });
        return parsed => new PersonActValue.Text(parsed.GetValue(none) ? null : parsed.GetValue(text));
    }

    /// <param name="person">Before the change.</param>
    /// <returns>Null: it was not done.</returns>
    private static (object Json, string Text)? OutputOf(PersonActDefinition act, AccountChange answer, ApiPerson person)
    {
        var texts = act.Texts(person.Username);
        return answer switch
        {
            AccountChange.IssuedSecret made =>
                IssuedSecretOutput.Of(act.Issues!.Value, person.Id, person.Username, made.Secret, made.ExpiresAt, texts.Done),
            AccountChange.Done => (new { person.Id, person.Username, changed = true }, texts.Done),
            AccountChange.Unchanged => (new { person.Id, person.Username, changed = false }, texts.Unchanged ?? ""),
            _ => null,
        };
    }

    private static async Task<int> NotDoneAsync(string username, AccountChange answer)
    {
        if (answer is not AccountChange.Refused(var reasons)) return await NotFoundAsync(username);

        foreach (var reason in reasons)
            await Console.Error.WriteLineAsync(reason);
        return CommandLine.NotDone;
    }
}
