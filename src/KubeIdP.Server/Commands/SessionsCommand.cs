using System.CommandLine;
using KubeIdP.Data;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Commands;

/// <summary>Sessions, for when the web is not available.</summary>
internal static class SessionsCommand
{
    private const string Actor = "cli";

    public static Command Create(CommandContext context) =>
        new("sessions", "See and end sessions.") { List(context), Revoke(context) };

    private static Command List(CommandContext context)
    {
        var person = new Option<string?>("--person") { Description = "Only sessions of this user name." };
        var output = OutputFormat.Option();
        var list = new Command("list", "List the live sessions, the latest first.") { person, output };
        list.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var rows = await LiveAsync(services.GetRequiredService<KubeIdpDbContext>(), services.GetRequiredService<TimeProvider>().GetUtcNow(), parsed.GetValue(person), ct);
            await OutputFormat.WriteAsync(parsed.GetValue(output), rows, Table(rows));
            return 0;
        }, ct));
        return list;
    }

    private static Command Revoke(CommandContext context)
    {
        var id = new Argument<string>("SESSION") { Description = "The session's id, as sessions list shows it." };
        var reason = new Option<string>("--reason") { Description = "Why, for the audit.", DefaultValueFactory = _ => "revoked by an administrator" };
        var output = OutputFormat.Option();
        var revoke = new Command("revoke", "End a session: from now on nothing is issued for it. Tokens already issued are good until they expire.") { id, reason, output };
        revoke.SetAction((parsed, ct) => context.RunAsync(parsed, async services =>
        {
            var (session, why) = (parsed.GetValue(id)!, parsed.GetValue(reason)!);
            var audit = new AuditEntry(AuditEventType.SessionEnded) { Actor = Actor, SessionId = session, Detail = GrantEnd.EndedByAdministrator, Reason = why };
            if (!await services.GetRequiredService<SessionStore>().EndAsync(session, Actor, GrantEnd.EndedByAdministrator, audit, ct))
            {
                await Console.Error.WriteLineAsync($"There is no live session {session}.");
                return CommandLine.NotDone;
            }

            await OutputFormat.WriteAsync(parsed.GetValue(output), new { session, ended = true }, $"Session {session} has ended.");
            return 0;
        }, ct));
        return revoke;
    }

    private static async Task<List<SessionRow>> LiveAsync(KubeIdpDbContext db, DateTimeOffset now, string? username, CancellationToken ct)
    {
        var live = from session in db.Sessions.AsNoTracking()
                   join person in db.People on session.PersonId equals person.Id
                   where session.EndedAt == null && session.EndsAt > now && (username == null || person.UserName == username)
                   orderby session.Id descending
                   select new { Session = session, Person = person.UserName! };
        var sessions = await live.ToListAsync(ct);

        // A question of its own: as a list inside the other it would need SQL that SQLite does not have.
        var grants = (await db.Grants.AsNoTracking().Where(grant => live.Any(row => row.Session.Id == grant.SessionId)).ToListAsync(ct))
            .ToLookup(grant => grant.SessionId);

        return [.. sessions.Select(row => new SessionRow(
            row.Session.Id,
            row.Person,
            [.. grants[row.Session.Id].Where(grant => grant.EndedAt is null).Select(grant => grant.ClientId).Distinct().Order(StringComparer.Ordinal)],
            row.Session.Address,
            row.Session.AuthTime,
            grants[row.Session.Id].Select(grant => grant.LastUsedAt).Append(row.Session.LastSeenAt).Max(),
            row.Session.EndsAt))];
    }

    private static string Table(List<SessionRow> rows)
    {
        if (rows.Count == 0) return "Nobody is signed in.";

        return TextTable.Of(
            ["SESSION", "PERSON", "CLIENTS", "ADDRESS", "SIGNED IN", "LAST USED", "ENDS"],
            rows.Select(row => (string[])
            [
                row.Session, row.Person, string.Join(',', row.Clients), row.Address ?? "",
                TextTable.Moment(row.SignedInAt), TextTable.Moment(row.LastUsedAt), TextTable.Moment(row.EndsAt),
            ]));
    }

    private sealed record SessionRow(
        string Session, string Person, List<string> Clients, string? Address, DateTimeOffset SignedInAt, DateTimeOffset LastUsedAt, DateTimeOffset EndsAt);
}
