using System.CommandLine;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Administration;

internal static class PeopleAddCommand
{
    public static Command Create(IVerbHost host)
    {
        var name = PersonCommands.Name();
        var email = new Option<string?>("--email") { Description = "The email address." };
        var displayName = new Option<string?>("--display-name")
        {
            Description = "The name that people read, such as \"Alice Example\"; the claim name in tokens.",
        };
        var groups = PersonCommands.OptionFor((PersonActArgument.Names)PersonActForms.Of(PersonAct.SetGroups).Argument!);
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
        add.AddReason(reason, host);
        add.SetPrivateAction((parsed, to, ct) => host.AdministerAsync(parsed, async administration =>
        {
            var password = parsed.GetValue(invite) ? null : await Prompt.ReadPasswordAsync(ct);
            var username = UserName.Compose(parsed.GetValue(name)!);
            var account = new NewPersonBody(username, parsed.GetValue(reason)!, parsed.GetValue(email), parsed.GetValue(groups), password,
                parsed.GetValue(displayName));
            return await PrintAsync(to, parsed.GetValue(output), username, await administration.AddAsync(account, ct));
        }, ct));
        return add.With($"people add alice --email alice@example.com --group developers --invite{host.Why("joined the team")}");
    }

    private static async Task<int> PrintAsync(TextWriter to, string? format, string username, AddedPerson added)
    {
        var (kind, secret) = added.InvitationLink is { } link
            ? (IssuedSecretKind.InvitationLink, link)
            : (IssuedSecretKind.EnrolmentCode, added.EnrolmentCode!);
        var (json, text) = IssuedSecretOutput.Of(
            kind, added.Id, username, secret, added.ExpiresAt, $"Added {PersonRow.Shown(username)} (subject {added.Id}).");
        await OutputFormat.WriteAsync(to, format, json, [username], _ => text);
        return 0;
    }
}
