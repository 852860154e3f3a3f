using System.CommandLine;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.People;

namespace KubeIdP.Cli.Administration;

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
    public static IEnumerable<Command> Acts(IVerbHost host) => PersonActForms.All.Select(act => CommandFor(host, act));

    public static async Task<int> NotFoundAsync(string name)
    {
        await Console.Error.WriteLineAsync($"There is no person with the user name {name}.");
        return ExitCode.NotDone;
    }

    private static Command CommandFor(IVerbHost host, PersonActForm act)
    {
        var name = Name();
        var command = new Command(act.Name, act.Summary) { name };
        var valueOf = act.Argument is { } argument ? AddArgument(command, argument) : _ => null;
        var reason = ReasonOption.Create();
        var tell = ReasonOption.CreateTell(reason);
        var output = OutputFormat.Option();
        command.AddReason(reason, host);
        if (act.EndsSessions) command.Add(tell);
        command.Add(output);
        if (act.Issues is not null) command.SetPrivateAction(RunAsync);
        else command.SetAction((parsed, ct) => RunAsync(parsed, Console.Out, ct));
        return command.With($"people {act.Name} alice{ExampleOf(act.Argument)}{host.Why("asked for it")}");

        Task<int> RunAsync(ParseResult parsed, TextWriter to, CancellationToken ct) =>
            host.AdministerAsync(parsed, administration => DoAsync(administration, parsed, to, ct), ct);

        async Task<int> DoAsync(IAdministration administration, ParseResult parsed, TextWriter to, CancellationToken ct)
        {
            var person = await administration.PersonOfNameAsync(parsed.GetValue(name)!, ct);
            if (person is null or { Status: PersonStatus.Removed }) return await NotFoundAsync(parsed.GetValue(name)!);

            var why = new EndingReason(parsed.GetValue(reason), act.EndsSessions && parsed.GetValue(tell));
            if (await administration.DoAsync(act.Act, person.Id, valueOf(parsed), why, ct) is not { } result)
                return await NotFoundAsync(person.Username);

            var (json, text) = OutputOf(act, result, person);
            await OutputFormat.WriteAsync(to, parsed.GetValue(output), json, [person.Username], _ => text);
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

    private static (JsonObject Json, string Text) OutputOf(PersonActForm act, ActResult result, ApiPerson person) => result switch
    {
        ActResult.IssuedSecret made => IssuedSecretOutput.Of(
            act.Issues!.Value, person.Id, person.Username, made.Secret, made.ExpiresAt, act.Done(person.Username)),
        ActResult.Done => (ChangeOf(person, changed: true), act.Done(person.Username)),
        ActResult.Unchanged => (ChangeOf(person, changed: false), act.Unchanged?.Invoke(person.Username) ?? ""),
        _ => throw new InvalidOperationException("A result of an unknown kind."),
    };

    private static JsonObject ChangeOf(ApiPerson person, bool changed) =>
        new() { ["id"] = person.Id, ["username"] = person.Username, ["changed"] = changed };

    private static string ExampleOf(PersonActArgument? argument) => argument switch
    {
        PersonActArgument.Names names => $" {names.Option} developers {names.Option} on-call",
        PersonActArgument.Text => " \"Alice Example\"",
        _ => "",
    };
}
