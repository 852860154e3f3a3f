using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>Searches sessions for administrators.</summary>
public sealed class SessionSearch(Database database)
{
    public const int PageSize = 50;

    /// <summary>The maximum number of grants that are read of one session: more than can be live, to include ended ones.</summary>
    private const int MaxGrants = 200;

    /// <summary>
    /// Up to this many people are searched by their ids. If more people match, their sessions are found soon enough without ids.
    /// </summary>
    private const int FewPeople = 200;

    /// <summary>The live ones; those that last longest first, which is the latest first as long as all have the same lifetime.</summary>
    public async Task<ListPage<ShownSession>> FindAsync(SessionFilter filter, CancellationToken ct)
    {
        await using var search = await database.BeginSearchAsync(ct);
        var few = await FewPeopleAsync(search.Statements, filter, ct);
        if (few is []) return new ListPage<ShownSession>([], null);

        var which = SessionConditions.Of(database, filter, few);
        var found = await search.Statements.ListAsync($"""
            SELECT {SessionRows.Columns(database)} FROM sessions s JOIN people p ON p.id = s.person_id
            WHERE {which.Sql} ORDER BY s.ends_at DESC, s.id DESC LIMIT {PageSize + 1}
            """, SessionRows.Read, ct, which.Parameters);

        var page = ListPage.Of(found, PageSize, last => new SessionCursor(last.EndsAt.ToUnixTimeMilliseconds(), last.Id).ToString());
        var grants = await GrantsAsync(search.Statements, [.. page.Rows.Select(session => session.Id)], Live.Grant(), ct);
        return page with { Rows = [.. page.Rows.Select(session => session with { Grants = [.. grants[session.Id]] })] };
    }

    /// <summary>A session and all of its grants, even if it has ended; null if there is none.</summary>
    public async Task<ShownSession?> ReadAsync(SessionId sessionId, CancellationToken ct)
    {
        var grants = await GrantsAsync(database, [sessionId], Live.Redeemed(), ct);
        return await database.FindAsync($"""
            SELECT {SessionRows.Columns(database)}, (SELECT e.user_name FROM people e WHERE e.id = s.ended_by) AS ended_by_name
            FROM sessions s JOIN people p ON p.id = s.person_id WHERE s.id = @id
            """,
            row => SessionRows.Read(row) with { EndedByName = row.TextOrNull("ended_by_name"), Grants = [.. grants[sessionId]] }, ct,
            ("id", sessionId));
    }

    /// <summary>
    /// The people whom the filter matches; null if it names nobody, or matches too many. Their number decides how to search, and the
    /// database can't estimate it: otherwise it would scan a hundred thousand sessions for a person who does not exist.
    /// </summary>
    private async Task<IReadOnlyList<PersonId>?> FewPeopleAsync(Statements statements, SessionFilter filter, CancellationToken ct)
    {
        var which = new Conditions();
        SessionConditions.AddPeople(database, which, filter);
        if (which.IsEmpty) return null;

        var ids = await statements.ListAsync(
            $"SELECT p.id FROM people p WHERE {which.Sql} LIMIT {FewPeople + 1}", row =>
                row.Id<PersonId>("id"), ct, which.Parameters);
        return ids.Count > FewPeople ? null : ids;
    }

    private static async Task<ILookup<SessionId, ShownGrant>> GrantsAsync(
        Statements statements, IReadOnlyList<SessionId> sessionIds, string condition, CancellationToken ct)
    {
        if (sessionIds.Count == 0) return Enumerable.Empty<ShownGrant>().ToLookup(grant => grant.SessionId);

        (string Name, object? Value)[] parameters = [.. sessionIds.Select((id, i) => ($"s{i}", (object?)id))];
        var grants = await statements.ListAsync($"""
            SELECT {ShownGrants.Columns} FROM grants g
            WHERE session_id IN ({string.Join(", ", parameters.Select(parameter => $"@{parameter.Name}"))}) AND {condition}
            ORDER BY last_used_at DESC, id DESC LIMIT {sessionIds.Count * MaxGrants}
            """, ShownGrants.Read, ct, parameters);
        return grants.ToLookup(grant => grant.SessionId);
    }
}
