using System.CommandLine;
using KubeIdP.Data;

namespace KubeIdP.Server.Commands;

internal static class UsersListCommand
{
    public static Command Create(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = "Removed people too." };
        var output = OutputFormat.Option();
        var list = new Command("list", "List the people.") { all, output };
        list.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var everybody = parsed.GetValue(all);
            var rows = await UserRow.ReadAsync(
                services.GetRequiredService<KubeIdpDbContext>(), person => everybody || person.RemovedAt == null, services.GetRequiredService<TimeProvider>().GetUtcNow(), ct);
            await OutputFormat.WriteAsync(parsed.GetValue(output), rows, rows.Count == 0 ? "There is nobody yet." : Table(rows));
            return 0;
        }, ct));
        return list;
    }

    private static string Table(List<UserRow> rows) => TextTable.Of(
        ["NAME", "STATUS", "GROUPS", "EMAIL", "CONNECTOR", "SESSIONS", "CREATED"],
        rows.Select(row => (string[])[row.Name, row.Status, string.Join(',', row.Groups), row.Email ?? "", row.Connector, $"{row.LiveSessions}", TextTable.Moment(row.CreatedAt)]));
}
