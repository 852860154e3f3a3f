using System.CommandLine;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>The verbs that change one person, and what they say about it.</summary>
internal static class PersonVerbs
{
    public static Argument<string> Name() => new("NAME") { Description = "The user name, as Kubernetes will see it." };

    public static Option<string[]> Groups() =>
        new("--group") { Description = "A group for the token; may be given several times.", DefaultValueFactory = _ => [] };

    /// <summary>A verb for each act that needs no more than a reason.</summary>
    public static IEnumerable<Command> Acts(CommandContext context) => PersonActs.All.Select(act => Verb(
        context, new Command(act.Name, act.Summary),
        (administration, _, person, reason, ct) => administration.DoAsync(act.Act, person.Id, reason, ct),
        (answer, person) => ToSay(act, answer, person), act.HandsOut is not null, act.EndsSessions));

    public static Command SetGroups(CommandContext context)
    {
        var groups = Groups();
        var none = new Option<bool>("--none") { Description = "No groups at all." };
        var command = new Command("set-groups", "Replace a local account's groups. The next refresh shows them.") { groups, none };
        command.Validators.Add(given =>
        {
            // Forgetting --group must not take everything away.
            if (given.GetValue(groups) is { Length: > 0 } == given.GetValue(none))
                given.AddError("Name the new groups, each with --group, or say --none.");
        });
        return Verb(
            context, command,
            (administration, parsed, person, reason, ct) =>
                administration.SetGroupsAsync(person.Id, parsed.GetValue(groups)!, reason.Text, ct),
            (answer, person) => Changed(answer, person, $"{person.Username} has new groups; the next refresh shows them."));
    }

    public static Command SetDisplayName(CommandContext context)
    {
        var displayName = new Argument<string?>("DISPLAY-NAME")
        {
            Description = "The name for people to read, which tokens say as the claim name.", Arity = ArgumentArity.ZeroOrOne,
        };
        var none = new Option<bool>("--none") { Description = "No display name at all." };
        var command = new Command("set-display-name", "Replace a local account's display name. The next refresh shows it.")
        {
            displayName, none,
        };
        command.Validators.Add(given =>
        {
            if (given.GetValue(displayName) is null != given.GetValue(none)) given.AddError("Give the new display name, or say --none.");
        });
        return Verb(
            context, command,
            (administration, parsed, person, reason, ct) =>
                administration.SetDisplayNameAsync(person.Id, parsed.GetValue(displayName), reason.Text, ct),
            (answer, person) => Changed(answer, person, $"{person.Username} has a new display name; the next refresh shows it."));
    }

    public static async Task<int> NotFoundAsync(string name)
    {
        await Console.Error.WriteLineAsync($"There is no person {name}.");
        return CommandLine.NotDone;
    }

    private static (object Json, string Text)? ToSay(PersonActDefinition act, AccountChange answer, ApiPerson person)
    {
        var texts = act.Texts(person.Username);
        return answer is AccountChange.IssuedSecret made
            ? IssuedSecretOutput.Of(act.HandsOut!.Value, person.Id, person.Username, made.Secret, made.ExpiresAt, texts.Done)
            : Changed(answer, person, texts.Done, texts.Unchanged ?? "");
    }

    private static (object Json, string Text)? Changed(AccountChange answer, ApiPerson person, string done, string unchanged = "") =>
        answer switch
    {
        AccountChange.Done => (new { person.Id, person.Username, changed = true }, done),
        AccountChange.Unchanged => (new { person.Id, person.Username, changed = false }, unchanged),
        _ => null,
    };

    /// <param name="change">Asks for the change, with the reason.</param>
    /// <param name="say">What came of it, given the person as they were; null: it was not done.</param>
    /// <param name="handsOut">Whether that holds a secret.</param>
    /// <param name="endsSessions">Whether there are people to tell the reason to.</param>
    private static Command Verb(
        CommandContext context, Command command,
        Func<IAdministration, ParseResult, ApiPerson, EndingReason, CancellationToken, Task<AccountChange>> change,
        Func<AccountChange, ApiPerson, (object Json, string Text)?> say, bool handsOut = false, bool endsSessions = false)
    {
        var name = Name();
        var reason = ReasonOption.Create();
        var tell = ReasonOption.CreateTell(reason);
        var output = OutputFormat.Option();
        command.Arguments.Insert(0, name);
        command.AddReason(reason, context);
        if (endsSessions) command.Add(tell);
        command.Add(output);
        if (handsOut) command.SetPrivateAction(RunAsync);
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
            if (say(answer, person) is not var (json, text)) return await NotDoneAsync(person.Username, answer);

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
