using System.CommandLine;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;
using KubeIdP.Server.Reports;

namespace KubeIdP.Server.Commands;

internal static class PersonShowCommand
{
    public static Command Create(CommandContext context)
    {
        var name = PersonCommands.Name();
        var output = OutputFormat.Option();
        var show = new Command("show", "Show one person.") { name, output };
        show.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await administration.PersonOfNameAsync(parsed.GetValue(name)!, ct) is not { } found
                || await administration.PersonAsync(found.Id, ct) is not { } person)
            {
                return await PersonCommands.NotFoundAsync(parsed.GetValue(name)!);
            }

            await OutputFormat.WriteAsync(parsed.GetValue(output), person, Text(person));
            return 0;
        }, ct));
        return show;
    }

    private static string Text(ApiPersonDetails person) => TextLines.Of(
        ("Name", PersonRow.Shown(person.Username)),
        ("Display name", person.DisplayName),
        ("Subject", person.Id),
        ("Status", PersonStatusName.Of(person.Status)),
        ("Upstream", person.Upstream),
        ("Email", person.Email),
        ("Groups", string.Join(", ", person.Groups)),
        ("Second factors", string.Join(", ", person.Factors.Select(factor => $"{factor.Name} ({factor.Kind})"))),
        ("Live sessions", $"{person.LiveSessions}"),
        ("Created", TextTable.Timestamp(person.CreatedAt)),
        ("Enrolment code until", TextLines.Timestamp(person.EnrolmentCodeExpiresAt)),
        ("Invitation until", TextLines.Timestamp(person.InvitationExpiresAt)),
        ("Disabled", TextLines.Timestamp(person.DisabledAt)),
        ("Removed", TextLines.Timestamp(person.RemovedAt)));
}
