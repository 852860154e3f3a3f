using System.CommandLine;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>The commands that change one person, and their output.</summary>
internal static class PersonCommands
{
    public static Argument<string> Name() => new("NAME") { Description = "The user name, as Kubernetes will see it." };

    public static Option<string[]> Groups() =>
        new("--group") { Description = "A group, which tokens will contain; may be given several times.", DefaultValueFactory = _ => [] };

    /// <summary>A command for each act that needs only a reason.</summary>
    public static IEnumerable<Command> Acts(CommandContext context) => PersonActs.All.Select(act => CommandFor(
        context, new Command(act.Name, act.Summary),
        (administration, _, person, reason, ct) => administration.DoAsync(act.Act, person.Id, reason, ct),
        (answer, person) => OutputOf(act, answer, person), act.Issues is not null, act.EndsSessions));

    public static Command SetGroups(CommandContext context)
    {
        var groups = Groups();
        var none = new Option<bool>("--none") { Description = "Remove all groups." };
        var command = new Command("set-groups",
            "Replace the groups of a local account. Tokens contain them from the next refresh on.") { groups, none };
        command.Validators.Add(given =>
        {
            // A forgotten --group must not remove all groups.
            if (given.GetValue(groups) is { Length: > 0 } == given.GetValue(none))
                given.AddError("Give the new groups, each with --group, or --none.");
        });
        return CommandFor(
            context, command,
            (administration, parsed, person, reason, ct) =>
                administration.SetGroupsAsync(person.Id, parsed.GetValue(groups)!, reason.Text, ct),
            (answer, person) =>
                Changed(answer, person, $"{person.Username} has new groups; tokens contain them from the next refresh on."));
    }

    public static Command SetDisplayName(CommandContext context)
    {
        var displayName = new Argument<string?>("DISPLAY-NAME")
        {
            Description = "The name that people read, such as \"Alice Example\"; the claim name in tokens.",
                Arity = ArgumentArity.ZeroOrOne,
        };
        var none = new Option<bool>("--none") { Description = "Remove the display name." };
        var command = new Command("set-display-name",
            "Replace the display name of a local account. Tokens contain it from the next refresh on.")
        {
            displayName, none,
        };
        command.Validators.Add(given =>
        {
            if (given.GetValue(displayName) is null != given.GetValue(none)) given.AddError("Give the new display name, or --none.");
        });
        return CommandFor(
            context, command,
            (administration, parsed, person, reason, ct) =>
                administration.SetDisplayNameAsync(person.Id, parsed.GetValue(displayName), reason.Text, ct),
            (answer, person) =>
                Changed(answer, person, $"{person.Username} has a new display name; tokens contain it from the next refresh on."));
    }

    public static async Task<int> NotFoundAsync(string name)
    {
        await Console.Error.WriteLineAsync($"There is no person with the user name {name}.");
        return CommandLine.NotDone;
    }

    private static (object Json, string Text)? OutputOf(PersonActDefinition act, AccountChange answer, ApiPerson person)
    {
        var texts = act.Texts(person.Username);
        return answer is AccountChange.IssuedSecret made
            ? IssuedSecretOutput.Of(act.Issues!.Value, person.Id, person.Username, made.Secret, made.ExpiresAt, texts.Done)
            : Changed(answer, person, texts.Done, texts.Unchanged ?? "");
    }

    private static (object Json, string Text)? Changed(AccountChange answer, ApiPerson person, string done, string unchanged = "") =>
        answer switch
    {
        AccountChange.Done => (new { person.Id, person.Username, changed = true }, done),
        AccountChange.Unchanged => (new { person.Id, person.Username, changed = false }, unchanged),
        _ => null,
    };

    /// <param name="change">Makes the change, with the reason.</param>
    /// <param name="outputOf">The output, given the person before the change; null: it was not done.</param>
    /// <param name="issuesSecret">Whether the output contains a secret.</param>
    /// <param name="endsSessions">Whether the reason can be told to the people whose sessions end.</param>
    private static Command CommandFor(
        CommandContext context, Command command,
        Func<IAdministration, ParseResult, ApiPerson, EndingReason, CancellationToken, Task<AccountChange>> change,
        Func<AccountChange, ApiPerson, (object Json, string Text)?> outputOf, bool issuesSecret = false, bool endsSessions = false)
    {
        var name = Name();
        var reason = ReasonOption.Create();
        var tell = ReasonOption.CreateTell(reason);
        var output = OutputFormat.Option();
        command.Arguments.Insert(0, name);
        command.AddReason(reason, context);
        if (endsSessions) command.Add(tell);
        command.Add(output);
        if (issuesSecret) command.SetPrivateAction(RunAsync);
        else command.SetAction((parsed, ct) => RunAsync(parsed, Console.Out, ct));
        return command;

        Task<int> RunAsync(ParseResult parsed, TextWriter to, CancellationToken ct) =>
            context.AdministerAsync(parsed, administration => ChangeAsync(administration, parsed, to, ct), ct);

        async Task<int> ChangeAsync(IAdministration administration, ParseResult parsed, TextWriter to, CancellationToken ct)
        {
            var person = await administration.PersonOfNameAsync(parsed.GetValue(name)!, ct);
            if (person is null or { Status: PersonStatus.Removed }) return await NotFoundAsync(parsed.GetValue(name)!);

            var why = new EndingReason(parsed.GetValue(reason), endsSessions && parsed.GetValue(tell));
            var answer = await change(administration, parsed, person, why, ct);
            if (outputOf(answer, person) is not var (json, text)) return await NotDoneAsync(person.Username, answer);

            await OutputFormat.WriteAsync(to, parsed.GetValue(output), json, text);
            return 0;
        }
    }

    private static async Task<int> NotDoneAsync(string username, AccountChange answer)
    {
        if (answer is not AccountChange.Refused(var reasons)) return await NotFoundAsync(username);

        foreach (var reason in reasons)
            await Console.Error.WriteLineAsync(reason);
        return CommandLine.NotDone;
    }
}
