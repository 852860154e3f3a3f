using System.CommandLine;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Directories;
using KubeIdP.Server.Login;
using KubeIdP.Server.Onboarding;

namespace KubeIdP.Server.Commands;

/// <summary>The verbs that change one person. Each asks <see cref="LocalAccounts"/>, or Login about guesses, and says what came of it.</summary>
internal static class UserChanges
{
    public static Command Disable(CommandContext context, PeopleScope scope) => Verb(
        context, scope, "disable", "Bar a person from signing in, and end all sessions. Tokens already issued are good until they expire.",
        (accounts, id, by, ct) => accounts.DisableAsync(id, by, ct), done: "is disabled; all sessions have ended.", unchanged: "is disabled already.");

    public static Command Enable(CommandContext context, PeopleScope scope) => Verb(
        context, scope, "enable", "Let a disabled person sign in again.",
        (accounts, id, by, ct) => accounts.EnableAsync(id, by, ct), done: "may sign in again.", unchanged: "is not disabled.");

    public static Command Remove(CommandContext context) => Verb(
        context, PeopleScope.LocalAccounts, "remove", $"Remove a local account. Its name stays reserved for {PersonStore.NameReservation.Days} days.",
        (accounts, id, by, ct) => accounts.RemoveAsync(id, by, ct), done: "is removed; all sessions have ended.", unchanged: "is removed already.");

    public static Command Unlock(CommandContext context, PeopleScope scope)
    {
        var name = UsersCommand.Name();
        var output = OutputFormat.Option();
        var command = new Command("unlock", "Forget the wrong passwords that were typed for a person, so that nothing delays them. Wrong second factors stay counted: see reset-factors.") { name, output };
        command.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            if (await services.GetRequiredService<LocalAccounts>().FindAsync(parsed.GetValue(name)!, ct) is not { RemovedAt: null, UserName: { } username } person || !scope.Holds(person))
                return await NotFoundAsync(parsed.GetValue(name)!);

            await services.GetRequiredService<GuessUnlock>().ForgetAsync(username, Actor.CommandLine.Did(AuditEventType.LoginUnlocked, person.Id), ct);
            await OutputFormat.WriteAsync(parsed.GetValue(output), new { name = username, changed = true }, $"{username} may try again at once, on every replica.");
            return 0;
        }, ct));
        return command;
    }

    public static Command SetGroups(CommandContext context)
    {
        var name = UsersCommand.Name();
        var groups = UsersCommand.Groups();
        var none = new Option<bool>("--none") { Description = "No groups at all." };
        var output = OutputFormat.Option();
        var command = new Command("set-groups", "Replace a local account's groups. The next refresh shows them.") { name, groups, none, output };
        command.Validators.Add(given =>
        {
            // Forgetting --group must not take everything away.
            if (given.GetValue(groups) is { Length: > 0 } == given.GetValue(none)) given.AddError("Name the new groups, each with --group, or say --none.");
        });
        command.SetAction((parsed, ct) => RunAsync(
            context, PeopleScope.Everybody, parsed, name, output, (accounts, id) => accounts.SetGroupsAsync(id, parsed.GetValue(groups)!, Actor.CommandLine, ct), "has new groups; the next refresh shows them.", "", ct));
        return command;
    }

    public static Command Invite(CommandContext context)
    {
        var name = UsersCommand.Name();
        var output = OutputFormat.Option();
        var command = new Command("invite", "Make a new invitation link for a local account. It replaces an older one; by it the person sets password and second factor anew.") { name, output };
        command.SetAction((parsed, ct) => HandOutAsync(
            context, PeopleScope.Everybody, parsed, name, output, (accounts, id) => accounts.InviteAsync(id, Actor.CommandLine, ct),
            (settings, username, made) =>
            {
                var link = Links.InvitationUrl(settings, made.Secret);
                return (new { name = username, invitationLink = link, invitationExpiresAt = made.ExpiresAt }, InvitationText(link, made.ExpiresAt));
            }, ct));
        return command;
    }

    public static Command ResetFactors(CommandContext context, PeopleScope scope)
    {
        var name = UsersCommand.Name();
        var reason = Reason();
        var output = OutputFormat.Option();
        var command = new Command("reset-factors", "Take away a person's second factors and end all sessions. Prints an enrolment code for the next one.") { name, reason, output };
        command.SetAction((parsed, ct) => HandOutAsync(
            context, scope, parsed, name, output, (accounts, id) => accounts.ResetFactorsAsync(id, By(parsed, reason), ct),
            (_, username, made) => (
                new { name = username, enrolmentCode = made.Secret, enrolmentCodeExpiresAt = made.ExpiresAt },
                $"""
                {username} has no second factor any more; all sessions have ended.
                Enrolment code: {made.Secret}
                Be sure whom you hand it to: with it and the password a new factor is set up. It works once, until {TextTable.Moment(made.ExpiresAt)}.
                """), ct));
        return command;
    }

    public static string InvitationText(string link, DateTimeOffset until) => $"""
        Invitation link: {link}
        Hand it to nobody else: whoever opens it chooses password and second factor. It works once, until {TextTable.Moment(until)}.
        """;

    public static async Task<int> NotFoundAsync(string name)
    {
        await Console.Error.WriteLineAsync($"There is no user {name}.");
        return CommandLine.NotDone;
    }

    private static Command Verb(
        CommandContext context, PeopleScope scope, string verb, string description,
        Func<LocalAccounts, string, Actor, CancellationToken, Task<AccountChange>> change, string done, string unchanged)
    {
        var name = UsersCommand.Name();
        var reason = Reason();
        var output = OutputFormat.Option();
        var command = new Command(verb, description) { name, reason, output };
        command.SetAction((parsed, ct) => RunAsync(
            context, scope, parsed, name, output, (accounts, id) => change(accounts, id, By(parsed, reason), ct), done, unchanged, ct));
        return command;
    }

    private static Option<string?> Reason() => new("--reason") { Description = "Why, for the audit." };

    private static Actor By(ParseResult parsed, Option<string?> reason) => Actor.CommandLine with { Reason = parsed.GetValue(reason) };

    private static Task<int> RunAsync(
        CommandContext context, PeopleScope scope, ParseResult parsed, Argument<string> name, Option<string> output,
        Func<LocalAccounts, string, Task<AccountChange>> change, string done, string unchanged, CancellationToken ct) =>
        context.RunAsync(parsed, async services =>
        {
            var (username, answer) = await ChangeAsync(services, scope, parsed.GetValue(name)!, change, ct);
            switch (answer)
            {
                case AccountChange.Done:
                    await OutputFormat.WriteAsync(parsed.GetValue(output), new { name = username, changed = true }, $"{username} {done}");
                    return 0;
                case AccountChange.Unchanged:
                    await OutputFormat.WriteAsync(parsed.GetValue(output), new { name = username, changed = false }, $"{username} {unchanged}");
                    return 0;
                default:
                    return await NotDoneAsync(username, answer);
            }
        }, ct);

    private static Task<int> HandOutAsync(
        CommandContext context, PeopleScope scope, ParseResult parsed, Argument<string> name, Option<string> output,
        Func<LocalAccounts, string, Task<AccountChange>> change, Func<Settings, string, AccountChange.HandedOut, (object Json, string Text)> say, CancellationToken ct) =>
        context.RunAsync(parsed, async services =>
        {
            var (username, answer) = await ChangeAsync(services, scope, parsed.GetValue(name)!, change, ct);
            if (answer is not AccountChange.HandedOut made) return await NotDoneAsync(username, answer);

            var (json, text) = say(services.GetRequiredService<Settings>(), username, made);
            await OutputFormat.WriteAsync(parsed.GetValue(output), json, text);
            return 0;
        }, ct);

    /// <summary>The name as it is stored, and what came of the change.</summary>
    private static async Task<(string Username, AccountChange Answer)> ChangeAsync(
        IServiceProvider services, PeopleScope scope, string name, Func<LocalAccounts, string, Task<AccountChange>> change, CancellationToken ct)
    {
        var accounts = services.GetRequiredService<LocalAccounts>();
        return await accounts.FindAsync(name, ct) is { RemovedAt: null } person && scope.Holds(person)
            ? (person.UserName!, await change(accounts, person.Id))
            : (name, new AccountChange.NotFound());
    }

    private static async Task<int> NotDoneAsync(string username, AccountChange answer)
    {
        if (answer is not AccountChange.Refused(var reasons)) return await NotFoundAsync(username);

        foreach (var reason in reasons)
            await Console.Error.WriteLineAsync(reason);
        return CommandLine.NotDone;
    }
}
