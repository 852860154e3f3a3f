using System.CommandLine;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;

namespace KubeIdP.Server.Commands;

/// <summary>Lists and ends sessions: for scripts, and for when the web is not available.</summary>
internal static class SessionsCommand
{
    public static Command Create(CommandContext context)
    {
        var sessions = new Command("sessions", "List, show and end sessions.") { List(context), Show(context), Revoke(context) };
        context.Server.AddTo(sessions);
        return sessions;
    }

    private static Command List(CommandContext context)
    {
        var which = new SessionOptions("Only");
        var limit = new ListLimit(500);
        var output = OutputFormat.Option();
        var list = new Command("list", "List the live sessions, the latest first.") { limit.Limit, limit.Cursor, output };
        which.AddTo(list);
        list.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await which.FilterAsync(administration, parsed, ct) is not { } filter) return CommandLine.NotDone;

            await limit.ShowAsync(
                parsed, cursor => administration.SessionsAsync(filter with { Cursor = SessionCursor.Parse(cursor) }, ct), CursorOf,
                sessions => OutputFormat.WriteAsync(
                    parsed.GetValue(output), sessions, sessions.Count == 0 ? "Nobody is signed in." : Table(sessions)));
            return 0;
        }, ct));
        CheckCursor(limit.Cursor, list);
        return list;
    }

    private static Command Show(CommandContext context)
    {
        var id = Id();
        var output = OutputFormat.Option();
        var show = new Command("show", "Show one session, live or ended, with its grants and audit events.") { id, output };
        show.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            if (await administration.SessionAsync(parsed.GetValue(id)!, ct) is not { } session)
            {
                await Console.Error.WriteLineAsync($"There is no session {parsed.GetValue(id)}.");
                return CommandLine.NotDone;
            }

            var events = (await administration.AuditEventsAsync(new AuditFilter(SessionId: new SessionId(session.Id)), ct)).Rows;
            await OutputFormat.WriteAsync(parsed.GetValue(output), new { session, auditEvents = events }, Text(session, events));
            return 0;
        }, ct));
        return show;
    }

    private static Command Revoke(CommandContext context)
    {
        var id = new Argument<string?>("SESSION") { Description = "The id of the session, as sessions list prints it.",
            Arity = ArgumentArity.ZeroOrOne };
        var many = new BulkSelection();
        var reason = ReasonOption.Create();
        var tell = ReasonOption.CreateTell(reason);
        var output = OutputFormat.Option();
        var revoke = new Command("revoke",
            "End one or many sessions: no further tokens are issued for them. Clusters that use token review refuse their tokens within "
            + "seconds; other clusters accept them until they expire.") { id, output };
        revoke.AddReason(reason, context);
        revoke.Add(tell);
        many.AddTo(revoke);
        revoke.Validators.Add(given =>
        {
            if (given.GetValue(id) is null != many.IsGiven(given))
                given.AddError("Give the id of a session, or select sessions by --all, --person, --group, --client, --address or --since.");
        });
        revoke.SetAction((parsed, ct) => context.AdministerAsync(parsed, async administration =>
        {
            var why = new EndingReason(parsed.GetValue(reason), parsed.GetValue(tell));
            if (parsed.GetValue(id) is null) return await many.EndAsync(administration, parsed, why, parsed.GetValue(output), ct);

            if (await administration.SessionAsync(parsed.GetValue(id)!, ct) is not { } session
                || !await administration.EndSessionAsync(session.Id, why, ct))
            {
                await Console.Error.WriteLineAsync($"There is no live session {parsed.GetValue(id)}.");
                return CommandLine.NotDone;
            }

            await OutputFormat.WriteAsync(parsed.GetValue(output), new { session = session.Id, ended = true },
                $"Session {session.Id} has ended.");
            return 0;
        }, ct));
        return revoke;
    }

    private static Argument<string> Id() => new("SESSION") { Description = "The id of the session, as sessions list prints it." };

    private static string CursorOf(ApiSession session) =>
        new SessionCursor(session.EndsAt.ToUnixTimeMilliseconds(), new SessionId(session.Id)).ToString();

    private static void CheckCursor(Option<string?> option, Command list) => list.Validators.Add(given =>
    {
        if (given.GetValue(option) is { } cursor && SessionCursor.Parse(cursor) is null)
            given.AddError("--cursor takes the cursor that an earlier list printed.");
    });

    private static string Table(IEnumerable<ApiSession> sessions) => TextTable.Of(
        ["SESSION", "PERSON", "CLIENTS", "ADDRESS", "SIGNED IN", "LAST USED", "ENDS"],
        sessions.Select(session => (string[])
        [
            session.Id, PersonRow.Shown(session.Username),
            string.Join(',', session.Grants.Select(grant => grant.ClientId).Distinct().Order(StringComparer.Ordinal)),
            session.Address ?? "",
            TextTable.Timestamp(session.AuthTime), TextTable.Timestamp(session.LastUsedAt), TextTable.Timestamp(session.EndsAt),
        ]));

    private static string Text(ApiSessionDetails session, IReadOnlyList<ApiAuditEvent> events)
    {
        var parts = new List<string>
        {
            TextLines.Of(
                ("Session", session.Id),
                ("Person", PersonRow.Shown(session.Username)),
                ("Subject", session.PersonId),
                ("Signed in", TextTable.Timestamp(session.AuthTime)),
                ("Methods", session.Amr),
                ("Address", session.Address),
                ("Browser", session.UserAgent),
                ("Last used", TextTable.Timestamp(session.LastUsedAt)),
                ("Ends", TextTable.Timestamp(session.EndsAt)),
                ("Ended", TextLines.Timestamp(session.EndedAt)),
                ("Ended by", session.EndedByName ?? session.EndedBy),
                ("Ended why", session.EndedWhy)),
        };
        if (session.Grants.Count > 0)
        {
            parts.Add(TextTable.Of(
                ["GRANT", "CLIENT", "SINCE", "LAST USED", "REFRESHES", "ENDED"],
                session.Grants.Select(grant => (string[])
                [
                    grant.Id, grant.ClientId, TextTable.Timestamp(grant.RedeemedAt), TextTable.Timestamp(grant.LastUsedAt),
                    $"{grant.Refreshes}",
                    grant.EndedAt is { } at ? $"{TextTable.Timestamp(at)} {grant.EndedWhy}" : "",
                ])));
        }

        if (events.Count > 0) parts.Add(AuditCommand.Table(events));
        return string.Join("\n\n", parts);
    }
}
