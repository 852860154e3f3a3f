using System.CommandLine;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.People;

namespace KubeIdP.Cli.Administration;

/// <summary>Reports for auditors, also as files and for scripts.</summary>
internal static class ReportCommand
{
    public static Command Create(IVerbHost host)
    {
        var report = new Command("report", "Report groups, factors and logins of people, and sessions by client.") { People(host),
            Clients(host) };
        return report;
    }

    private static Command People(IVerbHost host)
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
        var output = OutputFormat.Option(OutputFormat.Csv);
        var report = new Command("people",
            "Report people with their groups, factors and last login, sorted by name; without removed people.") { group, client, upstream,
            dormant, weak, output };
        report.SetPrivateAction((parsed, to, ct) => host.AdministerAsync(parsed, async administration =>
        {
            var query = new PeopleReportQuery
            {
                Group = parsed.GetValue(group), Client = parsed.GetValue(client), Upstream = parsed.GetValue(upstream),
                NoPhishingResistantFactor = parsed.GetValue(weak), Dormant = parsed.GetValue(dormant),
            };
            var rows = await administration.ReportPeopleAsync(query, ct);

            // An empty report only means something when there were people to check: a misspelled upstream has none.
            var checkedPeople = rows.Count > 0
                ? rows.Count
                : (await administration.ReportPeopleAsync(new PeopleReportQuery { Upstream = query.Upstream }, ct)).Count;
            await WriteAsync(to, parsed.GetValue(output), JsonRows.Of(rows, ApiJsonContext.Default.ApiReportedPerson),
                ApiReportedPerson.Columns, rows.Select(row => row.Cells()), rows.Select(row => row.Username),
                width => rows.Count == 0 ? $"None of {checkedPeople} people matches." : Table(width, rows));
            if (checkedPeople > 0) return 0;

            await Console.Error.WriteLineAsync(query.Upstream is { } empty
                ? $"There are no people from {empty}, so nothing was checked."
                : "There are no people yet, so nothing was checked.");
            return ExitCode.NotDone;
        }, ct));
        return report.With("report people --dormant 90", "report people --output csv --file people.csv");
    }

    private static Command Clients(IVerbHost host)
    {
        var output = OutputFormat.Option(OutputFormat.Csv);
        var report = new Command("clients", "Report how many people are signed in at each cluster and application.") { output };
        report.SetPrivateAction((parsed, to, ct) => host.AdministerAsync(parsed, async administration =>
        {
            var rows = await administration.ReportClientsAsync(ct);
            await WriteAsync(to, parsed.GetValue(output), JsonRows.Of(rows, ApiJsonContext.Default.ApiReportedClient),
                ApiReportedClient.Columns, rows.Select(row => row.Cells()), rows.Select(row => row.Client), width => Table(width, rows));
            return 0;
        }, ct));
        return report.With("report clients");
    }

    private static Task WriteAsync(TextWriter to, string? format, JsonNode json, IReadOnlyList<string> columns,
        IEnumerable<IEnumerable<string?>> rows, IEnumerable<string> names, Func<int?, string> text) => format == OutputFormat.Csv
        ? to.WriteLineAsync(string.Join('\n', [Csv.Line(columns), .. rows.Select(row => Csv.Line(row))]))
        : OutputFormat.WriteAsync(to, format, json, names, text);

    private static string Table(int? width, IEnumerable<ApiReportedPerson> rows) => TextTable.Of(width,
        ["NAME", "STATUS", "GROUPS", "FACTORS", "LAST LOGIN", "BY", "SESSIONS", "UPSTREAM"],
        rows.Select(row => (string[])
        [
            PersonRow.Shown(row.Username), PersonStatusName.Of(row.Status), string.Join(',', row.Groups), $"{row.Factors}",
            row.LastLoginAt is { } at ? TextTable.Timestamp(at) : "never", row.LastLoginAmr ?? "",
            $"{row.LiveSessions}", row.Upstream,
        ]));

    private static string Table(int? width, IEnumerable<ApiReportedClient> rows) => TextTable.Of(width,
        ["CLIENT", "SESSIONS", "PEOPLE", "OLDEST LOGIN", "LAST USED"],
        rows.Select(row => (string[])
        [
            row.Client, $"{row.Sessions}", $"{row.People}", row.OldestLogin is { } oldest ? TextTable.Timestamp(oldest) : "",
            row.LastUsedAt is { } used ? TextTable.Timestamp(used) : "",
        ]));
}
