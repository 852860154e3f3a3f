using System.CommandLine;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Administration;

/// <summary>Lists and ends sessions: for scripts, and for when the web is not available.</summary>
internal static class SessionsCommand
{
    public static Command Create(IVerbHost host)
    {
        var sessions = new Command("sessions", "List, show and end sessions.") { List(host), Show(host), Revoke(host) };
        return sessions;
    }

    private static Command List(IVerbHost host)
    {
        var which = new SessionSelection("Only");
        var limit = new ListLimit(500);
        var output = OutputFormat.Option();
        var list = new Command("list", "List the live sessions, the latest first.") { limit.Limit, limit.Cursor, output };
        which.AddTo(list);
        list.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            if (await which.QueryAsync(administration, parsed, ct) is not { } query) return ExitCode.NotDone;

            await limit.ShowAsync(
                parsed, async cursor => (await administration.SessionsAsync(query, cursor, ct)).Parts, ApiCursor.After,
                sessions => OutputFormat.WriteAsync(
                    parsed.GetValue(output), JsonRows.Of(sessions, ApiJsonContext.Default.ApiSession),
                    sessions.Select(session => session.Id),
                    width => sessions.Count == 0 ? "Nobody is signed in." : Table(width, sessions)));
            return 0;
        }, ct));
        limit.TakesTimedCursor(list);
        return list.With("sessions list", "sessions list --group developers --output name");
    }

    private static Command Show(IVerbHost host)
    {
        var id = Id();
        var output = OutputFormat.Option();
        var show = new Command("show", "Show one session, live or ended, with its grants and audit events.") { id, output };
        show.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            if (await administration.SessionAsync(parsed.GetValue(id)!, ct) is not { } session)
            {
                await Console.Error.WriteLineAsync($"There is no session {parsed.GetValue(id)}.");
                return ExitCode.NotDone;
            }

            var events = (await administration.AuditEventsAsync(new AuditQuery { Session = session.Id }, ct)).Items;
            var json = new JsonObject
            {
                ["session"] = JsonRows.Of(session, ApiJsonContext.Default.ApiSessionDetails),
                ["auditEvents"] = JsonRows.Of(events, ApiJsonContext.Default.ApiAuditEvent),
            };
            await OutputFormat.WriteAsync(parsed.GetValue(output), json, [session.Id], width => Text(width, session, events));
            return 0;
        }, ct));
        return show.With("sessions show 1f0c8f6d2b7e4a5d");
    }

    private static Command Revoke(IVerbHost host)
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
        revoke.AddReason(reason, host);
        revoke.Add(tell);
        many.AddTo(revoke);
        revoke.Validators.Add(given =>
        {
            if (given.GetValue(id) is null != many.IsGiven(given))
                given.AddError("Give the id of a session, or select sessions by --all, --person, --group, --client, --address or --since.");
        });
        revoke.SetAction((parsed, ct) => host.AdministerAsync(parsed, async administration =>
        {
            var why = new EndingReason(parsed.GetValue(reason), parsed.GetValue(tell));
            if (parsed.GetValue(id) is null) return await many.EndAsync(administration, parsed, why, parsed.GetValue(output), ct);

            if (await administration.SessionAsync(parsed.GetValue(id)!, ct) is not { } session
                || !await administration.EndSessionAsync(session.Id, why, ct))
            {
                await Console.Error.WriteLineAsync($"There is no live session {parsed.GetValue(id)}.");
                return ExitCode.NotDone;
            }

            await OutputFormat.WriteAsync(
                parsed.GetValue(output), new JsonObject { ["session"] = session.Id, ["ended"] = true }, [session.Id],
                $"Session {session.Id} has ended.");
            return 0;
        }, ct));
        return revoke.With(
            $"sessions revoke 1f0c8f6d2b7e4a5d{host.Why("lost laptop")}",
            $"sessions revoke --person alice --yes{host.Why("left")}",
            "sessions revoke --group developers --preview" + host.Why("a drill"));
    }

    private static Argument<string> Id() => new("SESSION") { Description = "The id of the session, as sessions list prints it." };

    private static string Table(int? width, IEnumerable<ApiSession> sessions) => TextTable.Of(width,
        ["SESSION", "PERSON", "CLIENTS", "ADDRESS", "SIGNED IN", "LAST USED", "ENDS"],
        sessions.Select(session => (string[])
        [
            session.Id, PersonRow.Shown(session.Username),
            string.Join(',', session.Grants.Select(grant => grant.ClientId).Distinct().Order(StringComparer.Ordinal)),
            session.Address ?? "",
            TextTable.Timestamp(session.AuthTime), TextTable.Timestamp(session.LastUsedAt), TextTable.Timestamp(session.EndsAt),
        ]));

    private static string Text(int? width, ApiSessionDetails session, IReadOnlyList<ApiAuditEvent> events)
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
            parts.Add(TextTable.Of(width,
                ["GRANT", "CLIENT", "SINCE", "LAST USED", "REFRESHES", "ENDED"],
                session.Grants.Select(grant => (string[])
                [
                    grant.Id, grant.ClientId, TextTable.Timestamp(grant.RedeemedAt), TextTable.Timestamp(grant.LastUsedAt),
                    $"{grant.Refreshes}",
                    grant.EndedAt is { } at ? $"{TextTable.Timestamp(at)} {grant.EndedWhy}" : "",
                ])));
        }

        if (events.Count > 0) parts.Add(AuditListCommand.Table(width, events));
        return string.Join("\n\n", parts);
    }
}
