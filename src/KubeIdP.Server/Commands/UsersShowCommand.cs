using System.CommandLine;
using KubeIdP.Core.Naming;
using KubeIdP.Data;

namespace KubeIdP.Server.Commands;

internal static class UsersShowCommand
{
    public static Command Create(CommandContext context)
    {
        var name = UsersCommand.Name();
        var output = OutputFormat.Option();
        var show = new Command("show", "Show one person.") { name, output };
        show.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var normalized = TokenName.Normalize(parsed.GetValue(name)!);
            var rows = await UserRow.ReadAsync(
                services.GetRequiredService<KubeIdpDbContext>(), person => person.NormalizedUserName == normalized, services.GetRequiredService<TimeProvider>().GetUtcNow(), ct);
            if (rows is not [var row]) return await UserChanges.NotFoundAsync(parsed.GetValue(name)!);

            await OutputFormat.WriteAsync(parsed.GetValue(output), row, Text(row));
            return 0;
        }, ct));
        return show;
    }

    private static string Text(UserRow row)
    {
        (string Label, string? Value)[] lines =
        [
            ("Name", row.Name),
            ("Subject", row.Subject),
            ("Status", row.Status),
            ("Connector", row.Connector),
            ("Email", row.Email),
            ("Groups", string.Join(", ", row.Groups)),
            ("Second factors", $"{row.Factors}"),
            ("Live sessions", $"{row.LiveSessions}"),
            ("Created", TextTable.Moment(row.CreatedAt)),
            ("Enrolment code until", Moment(row.EnrolmentCodeExpiresAt)),
            ("Invitation until", Moment(row.InvitationExpiresAt)),
            ("Disabled", Moment(row.DisabledAt)),
            ("Removed", Moment(row.RemovedAt)),
        ];
        var width = lines.Max(line => line.Label.Length);
        return string.Join('\n', lines.Where(line => line.Value is not null).Select(line => $"{line.Label.PadRight(width)}  {line.Value}".TrimEnd()));
    }

    private static string? Moment(DateTimeOffset? moment) => moment is { } at ? TextTable.Moment(at) : null;
}
