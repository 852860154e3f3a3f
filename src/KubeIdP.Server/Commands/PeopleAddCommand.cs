using System.CommandLine;
using KubeIdP.Core.Naming;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;

namespace KubeIdP.Server.Commands;

internal static class PeopleAddCommand
{
    public static Command Create(CommandContext context)
    {
        var name = PersonCommands.Name();
        var email = new Option<string?>("--email") { Description = "The email address." };
        var displayName = new Option<string?>("--display-name")
        {
            Description = "The name that people read, such as \"Alice Example\"; the claim name in tokens.",
        };
        var groups = PersonCommands.OptionFor((PersonActArgument.Names)PersonActs.Of(PersonAct.SetGroups).Argument!);
        var invite = new Option<bool>("--invite")
        {
            Description = "Do not read a password; print an invitation link with which the person sets one.",
        };
        var output = OutputFormat.Option();

        var reason = ReasonOption.Create();
        var add = new Command("add", "Add a local account. The password is read from standard input; a one-time enrolment code is printed.")
        {
            name, displayName, email, groups, invite, output,
        };
        add.AddReason(reason, context);
        add.SetPrivateAction((parsed, to, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var password = parsed.GetValue(invite) ? null : await Prompt.ReadPasswordAsync(ct);
            var username = UserName.Compose(parsed.GetValue(name)!);
            var account = new NewAccount(username, parsed.GetValue(email), parsed.GetValue(groups)!, password)
            {
                DisplayName = parsed.GetValue(displayName),
            };
            return await PrintAsync(to, parsed.GetValue(output), username,
                await administration.AddAsync(account, parsed.GetValue(reason), ct));
        }, ct));
        return add;
    }

    private static async Task<int> PrintAsync(TextWriter to, string? format, string username, PersonAdded answer)
    {
        if (answer is PersonAdded.Refused(var faults))
        {
            foreach (var fault in faults)
                await Console.Error.WriteLineAsync(fault);
            return CommandLine.NotDone;
        }

        var added = (PersonAdded.Done)answer;
        var (json, text) = IssuedSecretOutput.Of(
            added.Kind, added.PersonId, username, added.Secret, added.ExpiresAt,
            $"Added {PersonRow.Shown(username)} (subject {added.PersonId}).");
        await OutputFormat.WriteAsync(to, format, json, text);
        return 0;
    }
}
