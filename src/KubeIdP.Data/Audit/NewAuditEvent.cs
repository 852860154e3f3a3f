using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>An <see cref="AuditEvent"/> about to be written; the database dates it.</summary>
public record NewAuditEvent(string Type)
{
    public string? Actor { get; init => field = Shown(value); }

    public string? PersonId { get; init => field = Shown(value); }

    public string? SessionId { get; init => field = Shown(value); }

    public string? GrantId { get; init => field = Shown(value); }

    public string? ClientId { get; init => field = Shown(value); }

    public string? Address { get; init => field = Shown(value); }

    public string? Detail { get; init => field = Shown(value); }

    public string? Reason { get; init => field = Shown(value); }

    /// <summary>What the person whom it is done to may read of the reason; kept where they read it, and not in the audit.</summary>
    public string? ReasonForPerson { get; init => field = Shown(value); }

    public string? Reference { get; init => field = Shown(value); }

    /// <summary>Appends the entry on a connection that may be inside a transaction: then both become true together.</summary>
    public async Task AppendAsync(Database database, DbConnection connection, DbTransaction? transaction, CancellationToken ct)
    {
        var salt = AuditKey.NewSalt();
        await using var command = database.Command(connection, $"""
            INSERT INTO audit_events (at, type, actor, person_id, session_id, grant_id, client_id, address, detail, reason, reference, salt, code)
            VALUES ({database.Now}, @type, @actor, @person, @session, @grant, @client, @address, @detail, @reason, @reference, @salt, @code)
            """,
            ("type", Type), ("actor", Actor), ("person", PersonId), ("session", SessionId), ("grant", GrantId),
            ("client", ClientId), ("address", Address), ("detail", Detail), ("reason", Reason), ("reference", Reference),
            ("salt", salt), ("code", database.AuditKey.CodeOf(this, AuditKey.DigestOf(salt, Address, Detail, Reason))));
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Appends all of them by one statement.</summary>
    internal static async Task AppendAsync(IEnumerable<NewAuditEvent> entries, Database database, DbConnection connection, DbTransaction transaction, CancellationToken ct)
    {
        var (rows, bytes) = database.IsPostgres
            ? ("jsonb_array_elements(@entries::jsonb) WITH ORDINALITY AS e (value, key)", "decode({0}, 'hex')")
            : ("json_each(@entries) e", "unhex({0})");
        await using var command = database.Command(connection, $"""
            INSERT INTO audit_events (at, type, actor, person_id, session_id, grant_id, client_id, address, detail, reason, reference, salt, code)
            SELECT {database.Now}, e.value->>'Type', e.value->>'Actor', e.value->>'PersonId', e.value->>'SessionId', e.value->>'GrantId', e.value->>'ClientId',
                e.value->>'Address', e.value->>'Detail', e.value->>'Reason', e.value->>'Reference',
                {string.Format(CultureInfo.InvariantCulture, bytes, "e.value->>'Salt'")}, {string.Format(CultureInfo.InvariantCulture, bytes, "e.value->>'Code'")}
            FROM {rows} ORDER BY e.key
            """, ("entries", JsonSerializer.Serialize(entries.Select(entry => new Row(entry, database.AuditKey)))));
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(ct);
    }

    // The last of the checks, for what comes on a way of its own, such as a remark of a directory: what an auditor reads is what is there.
    private static string? Shown(string? text) => text is null ? null : OutsideText.Show(text);

    private sealed record Row : NewAuditEvent
    {
        public Row(NewAuditEvent entry, AuditKey key) : base(entry)
        {
            var salt = AuditKey.NewSalt();
            (Salt, Code) = (Convert.ToHexString(salt), Convert.ToHexString(key.CodeOf(entry, AuditKey.DigestOf(salt, entry.Address, entry.Detail, entry.Reason))));
        }

        public string Salt { get; }

        public string Code { get; }
    }
}
