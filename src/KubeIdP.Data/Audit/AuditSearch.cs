using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>Searches the audit log for administrators.</summary>
public sealed class AuditSearch(Database database)
{
    public const int PageSize = 100;

    /// <summary>The latest first.</summary>
    public async Task<ListPage<ListedAuditEvent>> FindAsync(AuditFilter filter, CancellationToken ct)
    {
        var which = ConditionsOf(filter);
        await using var search = await database.BeginSearchAsync(ct);
        var found = await search.Statements.ListAsync($"""
            SELECT a.id, a.at, a.type, a.actor, actor.user_name AS actor_name, a.person_id, person.user_name AS person_name, a.session_id,
                a.grant_id,
                   a.client_id, a.address, a.detail, a.reason, a.reference
            FROM audit_events a LEFT JOIN people actor ON actor.id = a.actor LEFT JOIN people person ON person.id = a.person_id
            WHERE {which.Sql} ORDER BY a.at DESC, a.id DESC LIMIT {PageSize + 1}
            """, Listed, ct, which.Parameters);
        return ListPage.Of(found, PageSize, last => new AuditCursor(last.At.ToUnixTimeMilliseconds(), last.Id).ToString());
    }

    /// <summary>All of them, the oldest first, one by one as they are read.</summary>
    public IAsyncEnumerable<AuditEvent> ReadAllAsync(AuditFilter filter, CancellationToken ct)
    {
        var which = ConditionsOf(filter);
        return database.StreamAsync($"SELECT {AuditRows.Columns} FROM audit_events a WHERE {which.Sql} ORDER BY a.at, a.id",
            AuditRows.Event, ct, which.Parameters);
    }

    /// <summary>
    /// The first event about a grant, which names its session and person even if those were deleted long ago; null if there is none. This
    /// reads the whole audit log.
    /// </summary>
    public async Task<AuditEvent?> FindGrantAsync(GrantId grantId, CancellationToken ct)
    {
        var found = database.StreamAsync($"""
            SELECT {AuditRows.Columns} FROM audit_events a WHERE a.grant_id = @grant AND a.session_id IS NOT NULL ORDER BY a.id LIMIT 1
            """, AuditRows.Event, ct, ("grant", grantId));
        await foreach (var auditEvent in found) return auditEvent;
        return null;
    }

    private static ListedAuditEvent Listed(Row row) => new(
        row.Long("id"), row.Moment("at"), row.Text("type"), row.TextOrNull("actor"), row.TextOrNull("actor_name"),
        row.TextOrNull("person_id"),
        row.TextOrNull("person_name"), row.TextOrNull("session_id"), row.TextOrNull("grant_id"), row.TextOrNull("client_id"),
        row.TextOrNull("address"),
        row.TextOrNull("detail"), row.TextOrNull("reason"), row.TextOrNull("reference"));

    private Conditions ConditionsOf(AuditFilter filter)
    {
        var which = new Conditions();
        if (filter.Cursor is { } before)
            which.Add("(a.at, a.id) < (@cursor_at, @cursor_id)", ("cursor_at", before.At), ("cursor_id", before.Id));
        if (filter.Type is { } type) which.Add("a.type = @type", ("type", type));
        if (filter.PersonId is { } person) which.Add("(a.person_id = @person OR a.actor = @person)", ("person", person));
        if (filter.SessionId is { } session) which.Add("a.session_id = @session", ("session", session));
        if (filter.ClientId is { } client) which.Add("a.client_id = @client", ("client", client));
        if (filter.Address is { } address) which.AddAddress(database, "a.address", address);
        if (filter.From is { } from) which.Add("a.at >= @from", ("from", from));
        if (filter.Until is { } until) which.Add("a.at < @until", ("until", until));
        return which;
    }
}
