using System.Data.Common;
using System.Globalization;
using KubeIdP.Core.Network;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>Which live sessions to list. Null: whatever it may be.</summary>
public sealed record SessionFilter
{
    /// <summary>Part of a user name, a display name or a mail address.</summary>
    public string? Person { get; init; }

    /// <summary>The sessions of this very person.</summary>
    public string? PersonId { get; init; }

    public string? Group { get; init; }

    /// <summary>A client that has a live grant in the session.</summary>
    public string? ClientId { get; init; }

    /// <summary>Begun from this address, or from one of this network.</summary>
    public AddressRange? Address { get; init; }

    /// <summary>A name of RFC 8176 that is among the session's <c>amr</c>.</summary>
    public string? Method { get; init; }

    /// <summary>Signed in at this moment or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Signed in at this moment or earlier.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Sessions without a sign of life for this long are over; null: none are.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    public SessionCursor? Before { get; init; }
}

/// <summary>The last row of the page before.</summary>
public sealed record SessionCursor(long EndsAt, string Id)
{
    /// <summary>Null for a text that <see cref="ToString"/> did not make.</summary>
    public static SessionCursor? Parse(string? text) =>
        text?.Split('-') is [var endsAt, { Length: > 0 and <= 64 } id] && long.TryParse(endsAt, NumberStyles.None, CultureInfo.InvariantCulture, out var moment)
            ? new SessionCursor(moment, id)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{EndsAt}-{Id}");
}

/// <summary>A session in a list.</summary>
public record ListedSession
{
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    public required string Username { get; init; }

    public required string? Address { get; init; }

    public required string? UserAgent { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    public required string Amr { get; init; }

    /// <summary>The last time that the browser itself was seen.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The latest first; in a list of live sessions the live ones alone.</summary>
    public IReadOnlyList<ShownGrant> Grants { get; init; } = [];

    /// <summary>The last sign of life of the browser or of any client.</summary>
    public DateTimeOffset LastUsedAt => Grants.Select(grant => grant.LastUsedAt).Append(LastSeenAt).Max();
}

/// <summary>A session with its end, when it has one.</summary>
public sealed record ShownSession : ListedSession
{
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>A subject, or one of the names of <see cref="Audit.Actor"/>.</summary>
    public required string? EndedBy { get; init; }

    /// <summary>The user name of an <see cref="EndedBy"/> who is a person.</summary>
    public required string? EndedByName { get; init; }

    public required string? EndedWhy { get; init; }

    public bool IsLive => EndedAt is null && EndsAt > Now;
}

/// <summary>A grant whose code was redeemed.</summary>
public sealed record ShownGrant(
    string Id, string SessionId, string ClientId, DateTimeOffset RedeemedAt, DateTimeOffset LastUsedAt, long Refreshes, DateTimeOffset? EndedAt, string? EndedWhy);

/// <summary>Sessions as an administrator looks for them.</summary>
public sealed class SessionSearch(Database database)
{
    public const int PageSize = 50;

    /// <summary>Of one session: more than it may have alive, for those that have ended.</summary>
    private const int MaxGrants = 200;

    /// <summary>So many people are looked for by their ids. Where there are more, their sessions are among the first that are looked at.</summary>
    private const int FewPeople = 200;

    private string Columns => $"s.id, s.person_id, p.user_name, s.address, s.user_agent, s.auth_time, s.amr, s.last_seen_at, s.ends_at, {database.Now}";

    /// <summary>The live ones; those that last longest first, which is the latest first as long as all have the same lifetime.</summary>
    public async Task<ListPage<ListedSession>> FindAsync(SessionFilter filter, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var search = await database.BeginSearchAsync(connection, ct);
        var few = await FewPeopleAsync(connection, filter, search, ct);
        if (few is []) return new ListPage<ListedSession>([], null);

        var which = SessionConditions.Of(database, filter, few);
        var sessions = new List<ListedSession>();
        await using (var command = database.Command(connection, $"""
            SELECT {Columns} FROM sessions s JOIN people p ON p.id = s.person_id
            WHERE {which.Sql} ORDER BY s.ends_at DESC, s.id DESC LIMIT {PageSize + 1}
            """, which.Parameters))
        {
            command.Transaction = search;
            await using var row = await command.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
                sessions.Add(Listed(row));
        }

        var next = sessions.Count > PageSize ? new SessionCursor(sessions[PageSize - 1].EndsAt.ToUnixTimeMilliseconds(), sessions[PageSize - 1].Id).ToString() : null;
        var shown = sessions.Take(PageSize).ToList();
        var grants = await GrantsAsync(connection, [.. shown.Select(session => session.Id)], liveOnly: true, search, ct);
        return new ListPage<ListedSession>([.. shown.Select(session => session with { Grants = [.. grants[session.Id]] })], next);
    }

    /// <summary>A session and all of its grants, also when it has ended; null when there is none.</summary>
    public async Task<ShownSession?> ReadAsync(string sessionId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var grants = await GrantsAsync(connection, [sessionId], liveOnly: false, transaction: null, ct);
        await using var command = database.Command(connection, $"""
            SELECT {Columns}, s.ended_at, s.ended_by, s.ended_why, (SELECT e.user_name FROM people e WHERE e.id = s.ended_by)
            FROM sessions s JOIN people p ON p.id = s.person_id WHERE s.id = @id
            """, ("id", sessionId));
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;

        var listed = Listed(row);
        return new ShownSession
        {
            Id = listed.Id, PersonId = listed.PersonId, Username = listed.Username, Address = listed.Address, UserAgent = listed.UserAgent, AuthTime = listed.AuthTime,
            Amr = listed.Amr, LastSeenAt = listed.LastSeenAt, EndsAt = listed.EndsAt, Now = listed.Now, Grants = [.. grants[sessionId]],
            EndedAt = row.MomentOrNull(10),
            EndedBy = row.StringOrNull(11),
            EndedWhy = row.StringOrNull(12),
            EndedByName = row.StringOrNull(13),
        };
    }

    /// <summary>
    /// The people whom the filter means; null where it names none, or too many. Their number decides how to search, and no database can guess it: without
    /// it the rows of a hundred thousand sessions are looked through for a person who isn't there.
    /// </summary>
    private async Task<IReadOnlyList<string>?> FewPeopleAsync(DbConnection connection, SessionFilter filter, DbTransaction? search, CancellationToken ct)
    {
        var which = new Conditions();
        SessionConditions.AddPeople(database, which, filter);
        if (which.IsEmpty) return null;

        await using var command = database.Command(connection, $"SELECT p.id FROM people p WHERE {which.Sql} LIMIT {FewPeople + 1}", which.Parameters);
        command.Transaction = search;
        await using var row = await command.ExecuteReaderAsync(ct);
        var ids = new List<string>();
        while (await row.ReadAsync(ct))
            ids.Add(row.GetString(0));
        return ids.Count > FewPeople ? null : ids;
    }

    private async Task<ILookup<string, ShownGrant>> GrantsAsync(DbConnection connection, IReadOnlyList<string> sessionIds, bool liveOnly, DbTransaction? transaction, CancellationToken ct)
    {
        var grants = new List<ShownGrant>();
        if (sessionIds.Count > 0)
        {
            (string, object?)[] parameters = [.. sessionIds.Select((id, i) => ($"s{i}", (object?)id))];
            await using var command = database.Command(connection, $"""
                SELECT id, session_id, client_id, code_redeemed_at, last_used_at, refreshes, ended_at, ended_why FROM grants
                WHERE session_id IN ({string.Join(", ", parameters.Select(parameter => $"@{parameter.Item1}"))}) AND code_redeemed_at IS NOT NULL{(liveOnly ? " AND ended_at IS NULL" : "")}
                ORDER BY last_used_at DESC, id DESC LIMIT {sessionIds.Count * MaxGrants}
                """, parameters);
            command.Transaction = transaction;
            await using var row = await command.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
            {
                grants.Add(new ShownGrant(
                    row.GetString(0), row.GetString(1), row.GetString(2), row.Moment(3), row.Moment(4), row.GetInt64(5), row.MomentOrNull(6), row.StringOrNull(7)));
            }
        }

        return grants.ToLookup(grant => grant.SessionId);
    }

    private static ListedSession Listed(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        PersonId = row.GetString(1),
        Username = row.GetString(2),
        Address = row.StringOrNull(3),
        UserAgent = row.StringOrNull(4),
        AuthTime = row.Moment(5),
        Amr = row.GetString(6),
        LastSeenAt = row.Moment(7),
        EndsAt = row.Moment(8),
        Now = row.Moment(9),
    };
}
