using System.CommandLine;
using System.Text;
using KubeIdP.Server.Directories;
using KubeIdP.Server.Onboarding;

namespace KubeIdP.Server.Commands;

internal static class UsersAddCommand
{
    public static Command Create(CommandContext context)
    {
        var name = UsersCommand.Name();
        var email = new Option<string?>("--email") { Description = "The mail address." };
        var groups = UsersCommand.Groups();
        var invite = new Option<bool>("--invite") { Description = "Read no password: print an invitation link by which the person chooses one." };
        var output = OutputFormat.Option();

        var add = new Command("add", "Add a local account. The password is read from standard input; a one-time enrolment code is printed.") { name, email, groups, invite, output };
        add.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var password = parsed.GetValue(invite) ? null : await ReadPasswordAsync(ct);
            var account = new NewAccount(parsed.GetValue(name)!, parsed.GetValue(email), parsed.GetValue(groups)!, password);
            var answer = await services.GetRequiredService<LocalAccounts>().AddAsync(account, ct);
            return await PrintAsync(parsed.GetValue(output), account, answer, services.GetRequiredService<Settings>());
        }, ct));
        return add;
    }

    private static async Task<int> PrintAsync(string? format, NewAccount account, AddedAccount answer, Settings settings)
    {
        switch (answer)
        {
            case AddedAccount.Added added:
                await OutputFormat.WriteAsync(
                    format,
                    new { name = account.Username, subject = added.PersonId, enrolmentCode = added.EnrolmentCode, enrolmentCodeExpiresAt = added.EnrolmentCodeExpiresAt },
                    $"""
                    Added {account.Username} (subject {added.PersonId}).
                    Enrolment code: {added.EnrolmentCode}
                    Hand it over in person or by a channel of its own: with it and the password the second factor is set up. It works once, until {TextTable.Moment(added.EnrolmentCodeExpiresAt)}.
                    """);
                return 0;

            case AddedAccount.Invited invited:
                var link = Links.InvitationUrl(settings, invited.Token);
                await OutputFormat.WriteAsync(
                    format,
                    new { name = account.Username, subject = invited.PersonId, invitationLink = link, invitationExpiresAt = invited.ExpiresAt },
                    $"""
                    Added {account.Username} (subject {invited.PersonId}).
                    {UserChanges.InvitationText(link, invited.ExpiresAt)}
                    """);
                return 0;

            case AddedAccount.Refused refused:
                foreach (var fault in refused.Faults)
                    await Console.Error.WriteLineAsync(fault.Message);
                return CommandLine.NotDone;

            default:
                throw new InvalidOperationException("An answer of an unknown kind.");
        }
    }

    private static async Task<string> ReadPasswordAsync(CancellationToken ct)
    {
        if (Console.IsInputRedirected) return (await Console.In.ReadLineAsync(ct)) ?? string.Empty;

        await Console.Error.WriteAsync("Password: ");
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key is not ConsoleKey.Backspace) typed.Append(key.KeyChar);
            else if (typed.Length > 0) typed.Length--;
        }

        await Console.Error.WriteLineAsync();
        return typed.ToString();
    }
}
