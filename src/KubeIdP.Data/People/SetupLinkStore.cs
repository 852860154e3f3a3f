using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>The one setup link of the database.</summary>
public sealed class SetupLinkStore(Database database, AuditLog auditLog, Administrators administrators)
{
    /// <summary>
    /// Stores a new link, replacing one that has expired or, with <paramref name="replace"/>, any other. Returns false if an administrator
    /// exists, or another link is still valid.
    /// </summary>
    public async Task<bool> MakeAsync(OneTimeSecret link, bool replace, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        var made = await work.ExecuteAsync($"""
            INSERT INTO setup_links (id, hash, expires_at)
            SELECT {SetupLink.OnlyId}, @hash, {database.Now} + @lifetime WHERE NOT EXISTS (SELECT 1 FROM people
                WHERE {administrators.Condition})
            ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
                WHERE @replace = 1 OR setup_links.expires_at <= {database.Now}
            """, ct, [("hash", link.Hash), ("lifetime", link.Lifetime), ("replace", replace ? 1 : 0), .. administrators.Parameters]);
        if (made == 0) return false;

        await auditLog.AppendAsync(work, new NewAuditEvent(AuditEventType.SetupLinkMade) { Actor = by.Name }, ct);
        await work.CommitAsync(ct);
        return true;
    }

    public Task<bool> IsGoodAsync(byte[] hash, CancellationToken ct) => database.ExistsAsync($"""
        SELECT 1 FROM setup_links WHERE hash = @hash AND expires_at > {database.Now} AND NOT EXISTS (SELECT 1 FROM people
            WHERE {administrators.Condition})
        """, ct, [("hash", hash), .. administrators.Parameters]);

    /// <summary>Uses up the link and creates the administrator, in one transaction.</summary>
    public async Task<SetupOutcome> CompleteAsync(FirstAdministrator first, Actor by, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await Administrators.LockAsync(work, ct);
        var used = await work.ExecuteAsync($"""
            DELETE FROM setup_links WHERE hash = @hash AND expires_at > {database.Now} AND NOT EXISTS (SELECT 1 FROM people
                WHERE {administrators.Condition})
            """, ct, [("hash", first.LinkHash), .. administrators.Parameters]);
        if (used == 0) return SetupOutcome.LinkDead;
        if (!await PersonRows.InsertAsync(work, first.Person, ct)) return SetupOutcome.NameTaken;

        await FactorRows.InsertAsync(work, first.Person.Id, first.Factor, ct);
        await auditLog.AppendAsync(work,
            by.Did(AuditEventType.PersonAdded, first.Person.Id, first.Person.Username), ct);
        await auditLog.AppendAsync(work, by.Did(AuditEventType.SetupCompleted, first.Person.Id), ct);
        await work.CommitAsync(ct);
        return SetupOutcome.Done;
    }
}
