using System.CommandLine;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Api;
using KubeIdP.Server.Reports;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Commands;

/// <summary>Reports for auditors, also as files and for scripts.</summary>
internal static class ReportCommand
{
    public static Command Create(CommandContext context)
    {
        var report = new Command("report", "Report groups, factors and logins of people, and sessions by client.") { People(context),
            Clients(context) };
        context.Server.AddTo(report);
        return report;
    }

    private static Command People(CommandContext context)
    {
        var group = new Option<string?>("--group") { Description = "Only members of this group." };
        var client =
            new Option<string?>(
                "--client") { Description =
                    "Print groups by their names in the tokens of this client, as RBAC uses them. Default: by their names in the "
                    + "directory." };
        var upstream = new Option<string?>("--upstream") { Description = "Only accounts of this upstream; local is this server." };
        var dormant = new Option<int?>("--dormant") { Description = "Only people who can sign in but have not done so for this many days.",
            HelpName = "days" };
        var weak = new Option<bool>(
            "--no-phishing-resistant-factor") { Description = "Only people who can sign in and have no phishing-resistant factor." };
        dormant.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int?>() is <= 0 or > 36_500) given.AddError("--dormant takes a number of days.");
        });
        var output = Output();
        var report = new Command("people",
            "Report people with their groups, factors and last login, sorted by name; without removed people.") { group, client, upstream,
            dormant, weak, output };
        report.SetPrivateAction((parsed, to, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var filter = new PeopleReportFilter
            {
                Group = parsed.GetValue(group), Connector = Identifier.OrNull<ConnectorId>(parsed.GetValue(upstream)),
                WithoutPhishingResistantFactor = parsed.GetValue(weak),
                DormantFor = parsed.GetValue(dormant) is { } days ? TimeSpan.FromDays(days) : null,
            };
            if (await administration.ReportPeopleAsync(filter, parsed.GetValue(client), ct) is not { } rows)
            {
                await Console.Error.WriteLineAsync($"There is no client {parsed.GetValue(client)} in the configuration.");
                return CommandLine.NotDone;
            }

            // An empty report only means something when there were people to check: a misspelled upstream has none.
            var checkedPeople = rows.Count > 0
                ? rows.Count
                : (await administration.ReportPeopleAsync(new PeopleReportFilter { Connector = filter.Connector }, client: null,
                    ct))!.Count;
            await WriteAsync(to, parsed.GetValue(output), rows, ApiReportedPerson.Columns, row => row.Cells(),
                rows.Count == 0 ? $"None of {checkedPeople} people matches." : Table(rows));
            if (checkedPeople > 0) return 0;

            await Console.Error.WriteLineAsync(filter.Connector is { } empty
                ? $"There are no people from {empty}, so nothing was checked."
                : "There are no people yet, so nothing was checked.");
            return CommandLine.NotDone;
        }, ct));
        return report;
    }

    private static Command Clients(CommandContext context)
    {
        var output = Output();
        var report = new Command("clients", "Report how many people are signed in at each cluster and application.") { output };
        report.SetPrivateAction((parsed, to, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var rows = await administration.ReportClientsAsync(ct);
            await WriteAsync(to, parsed.GetValue(output), rows, ApiReportedClient.Columns, row => row.Cells(), Table(rows));
            return 0;
        }, ct));
        return report;
    }

    private static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o") { Description = "text, json for scripts, or csv for spreadsheets.",
            DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", "json", "csv");
        return option;
    }

    private static Task WriteAsync<T>(TextWriter to, string? format, IReadOnlyList<T> rows, IReadOnlyList<string> columns,
        Func<T, IEnumerable<string?>> cells, string text) => format == "csv"
        ? to.WriteLineAsync(string.Join('\n', [Csv.Line(columns), .. rows.Select(row => Csv.Line(cells(row)))]))
        : OutputFormat.WriteAsync(to, format, rows, text);

    private static string Table(IEnumerable<ApiReportedPerson> rows) => TextTable.Of(
        ["NAME", "STATUS", "GROUPS", "FACTORS", "LAST LOGIN", "BY", "SESSIONS", "UPSTREAM"],
        rows.Select(row => (string[])
        [
            PersonRow.Shown(row.Username), PersonStatusName.Of(row.Status), string.Join(',', row.Groups), $"{row.Factors}",
            row.LastLoginAt is { } at ? TextTable.Timestamp(at) : "never", row.LastLoginAmr ?? "",
            $"{row.LiveSessions}", row.Upstream,
        ]));

    private static string Table(IEnumerable<ApiReportedClient> rows) => TextTable.Of(
        ["CLIENT", "SESSIONS", "PEOPLE", "OLDEST LOGIN", "LAST USED"],
        rows.Select(row => (string[])
        [
            row.Client, $"{row.Sessions}", $"{row.People}", row.OldestLogin is { } oldest ? TextTable.Timestamp(oldest) : "",
            row.LastUsedAt is { } used ? TextTable.Timestamp(used) : "",
        ]));
}
