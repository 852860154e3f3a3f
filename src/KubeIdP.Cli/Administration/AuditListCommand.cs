using System.CommandLine;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Administration;

/// <summary>Lists audit events: for scripts, and for when the web is not available.</summary>
internal static class AuditListCommand
{
    public static Command Create(IVerbHost host)
    {
        var filter = new AuditSelection();
        var limit = new ListLimit(100);
        var output = OutputFormat.Option();
        var list = filter.AddTo(new Command("list", "List audit events, the latest first.") { limit.Limit, limit.Cursor, output });
        limit.TakesTimedCursor(list);
        list.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            if (await filter.QueryAsync(parsed, administration, ct) is not { } query) return ExitCode.NotDone;

            await limit.ShowAsync(
                parsed, async cursor => (await administration.AuditEventsAsync(query with { Cursor = cursor }, ct)).Parts, ApiCursor.After,
                events => OutputFormat.WriteAsync(parsed.GetValue(output), JsonRows.Of(events, ApiJsonContext.Default.ApiAuditEvent),
                    events.Select(auditEvent => $"{auditEvent.Id}"),
                    width => events.Count == 0 ? "No audit event matches." : Table(width, events)));
            return 0;
        }, ct));
        return list.With(
            "audit list --person alice --since 2027-01-31", "audit list --type session.ended --limit 1000 --output json");
    }

    public static string Table(int? width, IEnumerable<ApiAuditEvent> events) => TextTable.Of(width,
        ["AT", "WHAT", "WHO", "WHOM", "SESSION", "CLIENT", "ADDRESS", "DETAIL"],
        events.Select(auditEvent => (string[])
        [
            TextTable.Timestamp(auditEvent.At), auditEvent.Type, PersonRow.Shown(auditEvent.ActorName ?? auditEvent.Actor ?? ""),
            PersonRow.Shown(auditEvent.PersonName ?? auditEvent.PersonId ?? ""), auditEvent.SessionId ?? "", auditEvent.ClientId ?? "",
            auditEvent.Address ?? "",
            string.Join("; ", new[] { auditEvent.Detail, auditEvent.Reason }.Where(text => !string.IsNullOrEmpty(text))),
        ]));
}
