using System.CommandLine;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

internal static class PersonShowCommand
{
    public static Command Create(CommandContext context, PeopleScope scope)
    {
        var name = UsersCommand.Name();
        var output = OutputFormat.Option();
        var show = new Command("show", "Show one person.") { name, output };
        show.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await administration.PersonOfNameAsync(parsed.GetValue(name)!, ct) is not { } found || !scope.Holds(found)
                || await administration.PersonAsync(found.Id, ct) is not { } person)
            {
                return await UserChanges.NotFoundAsync(parsed.GetValue(name)!);
            }

            var row = ShownPersonRow.Of(person);
            await OutputFormat.WriteAsync(parsed.GetValue(output), row, Text(row));
            return 0;
        }, ct));
        return show;
    }

    private static string Text(ShownPersonRow row) => TextLines.Of(
        ("Name", PersonRow.Shown(row.Name)),
        ("Display name", row.DisplayName),
        ("Subject", row.Subject),
        ("Status", row.Status),
        ("Connector", row.Connector),
        ("Email", row.Email),
        ("Groups", string.Join(", ", row.Groups)),
        ("Second factors", string.Join(", ", row.Factors)),
        ("Live sessions", $"{row.LiveSessions}"),
        ("Created", TextTable.Moment(row.CreatedAt)),
        ("Enrolment code until", TextLines.Moment(row.EnrolmentCodeExpiresAt)),
        ("Invitation until", TextLines.Moment(row.InvitationExpiresAt)),
        ("Disabled", TextLines.Moment(row.DisabledAt)),
        ("Removed", TextLines.Moment(row.RemovedAt)));
}
