using System.CommandLine;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.People;

namespace KubeIdP.Cli.Administration;

internal static class PersonShowCommand
{
    public static Command Create(IVerbHost host)
    {
        var name = PersonCommands.Name();
        var output = OutputFormat.Option();
        var show = new Command("show", "Show one person.") { name, output };
        show.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            if (await administration.PersonOfNameAsync(parsed.GetValue(name)!, ct) is not { } found
                || await administration.PersonAsync(found.Id, ct) is not { } person)
            {
                return await PersonCommands.NotFoundAsync(parsed.GetValue(name)!);
            }

            await OutputFormat.WriteAsync(parsed.GetValue(output), JsonRows.Of(person, ApiJsonContext.Default.ApiPersonDetails),
                [person.Username], Text(person));
            return 0;
        }, ct));
        return show.With("people show alice");
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
