using System.CommandLine;
using KubeIdP.Core.Naming;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Commands.Administration;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Commands;

internal static class UsersAddCommand
{
    public static Command Create(CommandContext context)
    {
        var name = UsersCommand.Name();
        var email = new Option<string?>("--email") { Description = "The mail address." };
        var displayName = new Option<string?>("--display-name") { Description = "The name for people to read, which tokens say as the claim name." };
        var groups = UsersCommand.Groups();
        var invite = new Option<bool>("--invite") { Description = "Read no password: print an invitation link by which the person chooses one." };
        var output = OutputFormat.Option();

        var reason = ReasonOption.Create();
        var add = new Command("add", "Add a local account. The password is read from standard input; a one-time enrolment code is printed.") { name, displayName, email, groups, invite, output };
        add.AddReason(reason, context);
        add.SetPrivateAction((parsed, to, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var password = parsed.GetValue(invite) ? null : await Prompt.ReadPasswordAsync(ct);
            var account = new NewAccount(UserName.Compose(parsed.GetValue(name)!), parsed.GetValue(email), parsed.GetValue(groups)!, password) { DisplayName = parsed.GetValue(displayName) };
            return await PrintAsync(to, parsed.GetValue(output), account, await administration.AddAsync(account, parsed.GetValue(reason), ct));
        }, ct));
        return add;
    }

    private static async Task<int> PrintAsync(TextWriter to, string? format, NewAccount account, PersonAdded answer)
    {
        foreach (var fault in answer.Faults)
            await Console.Error.WriteLineAsync(fault);
        if (answer.Person is not { } added) return CommandLine.NotDone;

        if (added.InvitationLink is { } link)
        {
            await OutputFormat.WriteAsync(
                to, format, new { name = account.Username, subject = added.Id, invitationLink = link, invitationExpiresAt = added.ExpiresAt },
                $"""
                Added {PersonRow.Shown(account.Username)} (subject {added.Id}).
                {UserChanges.InvitationText(link, added.ExpiresAt)}
                """);
            return 0;
        }

        await OutputFormat.WriteAsync(
            to, format, new { name = account.Username, subject = added.Id, enrolmentCode = added.EnrolmentCode, enrolmentCodeExpiresAt = added.ExpiresAt },
            $"""
            Added {PersonRow.Shown(account.Username)} (subject {added.Id}).
            Enrolment code: {added.EnrolmentCode}
            Hand it over in person or by a channel of its own: with it and the password the second factor is set up. It works once, until {TextTable.Moment(added.ExpiresAt)}.
            """);
        return 0;
    }
}
