using System.CommandLine;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>The verbs that change one person, and what they say about it.</summary>
internal static class UserChanges
{
    public static Command Disable(CommandContext context, PeopleScope scope) => Change(
        context, scope, new Command("disable", "Bar a person from signing in, and end all sessions. Clusters that ask about each token refuse theirs within seconds; the others do so when it expires."),
        PersonAct.Disable, done: "is disabled; all sessions have ended.", unchanged: "is disabled already.");

    public static Command Enable(CommandContext context, PeopleScope scope) => Change(
        context, scope, new Command("enable", "Let a disabled person sign in again."), PersonAct.Enable, done: "may sign in again.", unchanged: "is not disabled.");

    public static Command Remove(CommandContext context) => Change(
        context, PeopleScope.LocalAccounts, new Command("remove", $"Remove a local account. Its name stays reserved for {PersonStore.NameReservation.Days} days."),
        PersonAct.Remove, done: "is removed; all sessions have ended.", unchanged: "is removed already.");

    public static Command Unlock(CommandContext context, PeopleScope scope) => Change(
        context, scope, new Command("unlock", "Forget the wrong passwords that were typed for a person, so that nothing delays them. Wrong second factors stay counted: see reset-factors."),
        PersonAct.Unlock, done: "may try again at once, on every replica.", unchanged: "");

    public static Command SetGroups(CommandContext context)
    {
        var groups = UsersCommand.Groups();
        var none = new Option<bool>("--none") { Description = "No groups at all." };
        var command = new Command("set-groups", "Replace a local account's groups. The next refresh shows them.") { groups, none };
        command.Validators.Add(given =>
        {
            // Forgetting --group must not take everything away.
            if (given.GetValue(groups) is { Length: > 0 } == given.GetValue(none)) given.AddError("Name the new groups, each with --group, or say --none.");
        });
        return Verb(
            context, PeopleScope.Everybody, command, (administration, parsed, person, reason, ct) => administration.SetGroupsAsync(person.Id, parsed.GetValue(groups)!, reason.Text, ct),
            (answer, name) => Changed(answer, name, "has new groups; the next refresh shows them.", unchanged: ""));
    }

    public static Command SetDisplayName(CommandContext context)
    {
        var displayName = new Argument<string?>("DISPLAY-NAME") { Description = "The name for people to read, which tokens say as the claim name.", Arity = ArgumentArity.ZeroOrOne };
        var none = new Option<bool>("--none") { Description = "No display name at all." };
        var command = new Command("set-display-name", "Replace a local account's display name. The next refresh shows it.") { displayName, none };
        command.Validators.Add(given =>
        {
            if (given.GetValue(displayName) is null != given.GetValue(none)) given.AddError("Give the new display name, or say --none.");
        });
        return Verb(
            context, PeopleScope.Everybody, command, (administration, parsed, person, reason, ct) => administration.SetDisplayNameAsync(person.Id, parsed.GetValue(displayName), reason.Text, ct),
            (answer, name) => Changed(answer, name, "has a new display name; the next refresh shows it.", unchanged: ""));
    }

    public static Command Invite(CommandContext context) => HandOut(
        context, PeopleScope.Everybody, new Command("invite", "Make a new invitation link for a local account. It replaces an older one; by it the person sets password and second factor anew."),
        PersonAct.Invite, (name, made) => (new { name, invitationLink = made.Secret, invitationExpiresAt = made.ExpiresAt }, InvitationText(made.Secret, made.ExpiresAt)));

    public static Command ResetFactors(CommandContext context, PeopleScope scope) => HandOut(
        context, scope, new Command("reset-factors", "Take away a person's second factors and end all sessions. Prints an enrolment code for the next one."),
        PersonAct.ResetFactors, (name, made) => (
            new { name, enrolmentCode = made.Secret, enrolmentCodeExpiresAt = made.ExpiresAt },
            $"""
            {name} has no second factor any more; all sessions have ended.
            Enrolment code: {made.Secret}
            Be sure whom you hand it to: with it and the password a new factor is set up. It works once, until {TextTable.Moment(made.ExpiresAt)}.
            """));

    public static string InvitationText(string link, DateTimeOffset until) => $"""
        Invitation link: {link}
        Hand it to nobody else: whoever opens it chooses password and second factor. It works once, until {TextTable.Moment(until)}.
        """;

    public static async Task<int> NotFoundAsync(string name)
    {
        await Console.Error.WriteLineAsync($"There is no user {name}.");
        return CommandLine.NotDone;
    }

    private static Command Change(CommandContext context, PeopleScope scope, Command command, PersonAct act, string done, string unchanged) => Verb(
        context, scope, command, (administration, _, person, reason, ct) => administration.ChangeAsync(person, act, reason, ct), (answer, name) => Changed(answer, name, done, unchanged),
        endsSessions: act is PersonAct.Disable or PersonAct.Remove);

    private static Command HandOut(
        CommandContext context, PeopleScope scope, Command command, PersonAct act, Func<string, AccountChange.IssuedSecret, (object Json, string Text)> say) => Verb(
        context, scope, command, (administration, _, person, reason, ct) => administration.ChangeAsync(person, act, reason, ct),
        (answer, name) => answer is AccountChange.IssuedSecret made ? say(name, made) : null, handsOut: true, endsSessions: act is PersonAct.ResetFactors);

    private static (object Json, string Text)? Changed(AccountChange answer, string name, string done, string unchanged) => answer switch
    {
        AccountChange.Done => (new { name, changed = true }, $"{name} {done}"),
        AccountChange.Unchanged => (new { name, changed = false }, $"{name} {unchanged}"),
        _ => null,
    };

    /// <param name="change">Asks for the change, with the reason.</param>
    /// <param name="say">What came of it, given the person's name as it is stored; null: it was not done.</param>
    /// <param name="handsOut">Whether that holds a secret.</param>
    /// <param name="endsSessions">Whether there are people to tell the reason to.</param>
    private static Command Verb(
        CommandContext context, PeopleScope scope, Command command, Func<IAdministration, ParseResult, ListedPerson, EndingReason, CancellationToken, Task<AccountChange>> change,
        Func<AccountChange, string, (object Json, string Text)?> say, bool handsOut = false, bool endsSessions = false)
    {
        var name = UsersCommand.Name();
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

        Task<int> RunAsync(ParseResult parsed, TextWriter to, CancellationToken ct) => context.AdministerAsync(parsed, async administration =>
        {
            var person = await administration.PersonOfNameAsync(parsed.GetValue(name)!, ct);
            if (person is null or { Status: PersonStatus.Removed } || !scope.Holds(person)) return await NotFoundAsync(parsed.GetValue(name)!);

            var answer = await change(administration, parsed, person, new EndingReason(parsed.GetValue(reason), endsSessions && parsed.GetValue(tell)), ct);
            if (say(answer, person.Username) is not var (json, text)) return await NotDoneAsync(person.Username, answer);

            await OutputFormat.WriteAsync(to, parsed.GetValue(output), json, text);
            return 0;
        }, ct);
    }

    private static async Task<int> NotDoneAsync(string username, AccountChange answer)
    {
        if (answer is not AccountChange.Refused(var reasons)) return await NotFoundAsync(username);

        foreach (var reason in reasons)
            await Console.Error.WriteLineAsync(reason);
        return CommandLine.NotDone;
    }
}
