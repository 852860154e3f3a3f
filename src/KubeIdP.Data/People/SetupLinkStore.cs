using KubeIdP.Data.Audit;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>The first administrator with all that they chose.</summary>
public sealed record FirstAdministrator(byte[] LinkHash, NewPerson Person, FirstFactor Factor);

/// <summary>What came of completing the setup.</summary>
public enum SetupOutcome
{
    Done,

    /// <summary>Used, replaced or out of date, or there is an administrator by now.</summary>
    LinkDead,

    /// <summary>The link is as good as before.</summary>
    NameTaken,
}

/// <summary>The one setup link of the database.</summary>
public sealed class SetupLinkStore(Database database, Administrators administrators)
{
    /// <summary>
    /// Stores a new link, in the place of one that is out of date or, with <paramref name="replace"/>, of any. False when there is an administrator,
    /// or another link is still good.
    /// </summary>
    public async Task<bool> MakeAsync(OneTimeSecret link, bool replace, Actor by, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        var made = await work.ExecuteAsync($"""
            INSERT INTO setup_links (id, hash, expires_at)
            SELECT {SetupLink.OnlyId}, @hash, {database.Now} + @lifetime WHERE NOT EXISTS (SELECT 1 FROM people WHERE {administrators.Condition})
            ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at WHERE @replace = 1 OR setup_links.expires_at <= {database.Now}
            """, ct, [("hash", link.Hash), ("lifetime", PersonRows.Milliseconds(link)), ("replace", replace ? 1 : 0), .. administrators.Parameters]);
        if (made == 0) return false;

        await work.RecordAsync(new NewAuditEvent(AuditEventType.SetupLinkMade) { Actor = by.Name }, ct);
        await work.CommitAsync(ct);
        return true;
    }

    public async Task<bool> IsGoodAsync(byte[] hash, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"""
            SELECT 1 FROM setup_links WHERE hash = @hash AND expires_at > {database.Now} AND NOT EXISTS (SELECT 1 FROM people WHERE {administrators.Condition})
            """, [("hash", hash), .. administrators.Parameters]);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    /// <summary>Uses up the link and makes its holder an administrator, both or neither.</summary>
    public async Task<SetupOutcome> CompleteAsync(FirstAdministrator first, Actor by, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        await administrators.LockAsync(work, ct);
        var used = await work.ExecuteAsync($"""
            DELETE FROM setup_links WHERE hash = @hash AND expires_at > {database.Now} AND NOT EXISTS (SELECT 1 FROM people WHERE {administrators.Condition})
            """, ct, [("hash", first.LinkHash), .. administrators.Parameters]);
        if (used == 0) return SetupOutcome.LinkDead;
        if (!await PersonRows.InsertAsync(work, database, first.Person, ct)) return SetupOutcome.NameTaken;

        await FactorRows.InsertAsync(work, database, first.Person.Id, first.Factor, ct);
        await work.RecordAsync(by.Did(AuditEventType.PersonAdded, first.Person.Id, first.Person.Username), ct);
        await work.RecordAsync(by.Did(AuditEventType.SetupCompleted, first.Person.Id), ct);
        await work.CommitAsync(ct);
        return SetupOutcome.Done;
    }
}
