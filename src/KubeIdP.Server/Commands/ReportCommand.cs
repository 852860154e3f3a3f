using System.CommandLine;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Reports;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Commands;

/// <summary>What auditors ask for, for files and scripts too.</summary>
internal static class ReportCommand
{
    public static Command Create(CommandContext context)
    {
        var report = new Command("report", "Who may what, who signs in with what, and who is where.") { People(context), Clients(context) };
        context.Server.AddTo(report);
        return report;
    }

    private static Command People(CommandContext context)
    {
        var group = new Option<string?>("--group") { Description = "Only members of this group: who is cluster-admin, and how did they last sign in?" };
        var client = new Option<string?>("--client") { Description = "Groups by the names that this client's tokens have, as RBAC knows them; without it by their directories' names." };
        var connector = new Option<string?>("--connector") { Description = "Only accounts that live there; local is this server." };
        var dormant = new Option<int?>("--dormant") { Description = "Only those who could sign in and have not for so many days.", HelpName = "days" };
        var weak = new Option<bool>("--no-phishing-resistant-factor") { Description = "Only those who could sign in and have no factor that a forged page can't ask for." };
        dormant.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int?>() is <= 0 or > 36_500) given.AddError("--dormant takes a number of days.");
        });
        var output = Output();
        var report = new Command("people", "People with their groups, factors and last login, by name; not those who were removed.") { group, client, connector, dormant, weak, output };
        report.SetPrivateAction((parsed, to, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var filter = new PeopleReportFilter
            {
                Group = parsed.GetValue(group), Connector = parsed.GetValue(connector), WithoutPhishingResistantFactor = parsed.GetValue(weak),
                DormantFor = parsed.GetValue(dormant) is { } days ? TimeSpan.FromDays(days) : null,
            };
            if (await administration.ReportPeopleAsync(filter, parsed.GetValue(client), ct) is not { } rows)
            {
                await Console.Error.WriteLineAsync($"There is no client {parsed.GetValue(client)} in the configuration.");
                return CommandLine.NotDone;
            }

            // "Nobody" says something when there was somebody to look at, which a name with a slip in it has not.
            var lookedAt = rows.Count > 0 ? rows.Count : (await administration.ReportPeopleAsync(new PeopleReportFilter { Connector = filter.Connector }, client: null, ct))!.Count;
            await WriteAsync(to, parsed.GetValue(output), rows, PersonReportRow.Columns, row => row.Cells(), rows.Count == 0 ? $"Nobody of {lookedAt} people." : Table(rows));
            if (lookedAt > 0) return 0;

            await Console.Error.WriteLineAsync(filter.Connector is { } empty ? $"There is nobody of {empty}: nothing was looked at." : "There is nobody yet: nothing was looked at.");
            return CommandLine.NotDone;
        }, ct));
        return report;
    }

    private static Command Clients(CommandContext context)
    {
        var output = Output();
        var report = new Command("clients", "How many people are signed in at each cluster and application.") { output };
        report.SetPrivateAction((parsed, to, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var rows = await administration.ReportClientsAsync(ct);
            await WriteAsync(to, parsed.GetValue(output), rows, ClientReport.Columns, row => row.Cells(), Table(rows));
            return 0;
        }, ct));
        return report;
    }

    private static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o") { Description = "text, json for scripts, or csv for spreadsheets.", DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", "json", "csv");
        return option;
    }

    private static Task WriteAsync<T>(TextWriter to, string? format, IReadOnlyList<T> rows, IReadOnlyList<string> columns, Func<T, IEnumerable<string?>> cells, string text) => format == "csv"
        ? to.WriteLineAsync(string.Join('\n', [Csv.Line(columns), .. rows.Select(row => Csv.Line(cells(row)))]))
        : OutputFormat.WriteAsync(to, format, rows, text);

    private static string Table(IEnumerable<PersonReportRow> rows) => TextTable.Of(
        ["NAME", "STATUS", "GROUPS", "AUTHENTICATORS", "LAST LOGIN", "BY", "SESSIONS", "CONNECTOR"],
        rows.Select(row => (string[])
        [
            PersonRow.Shown(row.Username), PersonStatusName.Of(row.Status), string.Join(',', row.Groups), $"{row.Authenticators}",
            row.LastLoginAt is { } at ? TextTable.Moment(at) : "never", row.LastLoginAmr ?? "",
            $"{row.LiveSessions}", row.Connector,
        ]));

    private static string Table(IEnumerable<ClientReportRow> rows) => TextTable.Of(
        ["CLIENT", "SESSIONS", "PEOPLE", "OLDEST LOGIN", "LAST USED"],
        rows.Select(row => (string[])
        [
            row.Client, $"{row.Sessions}", $"{row.People}", row.OldestLogin is { } oldest ? TextTable.Moment(oldest) : "", row.LastUsedAt is { } used ? TextTable.Moment(used) : "",
        ]));
}
