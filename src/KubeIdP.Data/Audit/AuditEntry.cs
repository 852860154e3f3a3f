using System.Data.Common;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Audit;

/// <summary>An <see cref="AuditEvent"/> about to be written; the database dates it.</summary>
public sealed record AuditEntry(string Type)
{
    public string? Actor { get; init; }

    public string? PersonId { get; init; }

    public string? SessionId { get; init; }

    public string? GrantId { get; init; }

    public string? ClientId { get; init; }

    public string? Address { get; init; }

    public string? Detail { get; init; }

    public string? Reason { get; init; }

    public string? Reference { get; init; }

    /// <summary>Appends the entry on a connection that may be inside a transaction: then both become true together.</summary>
    public async Task AppendAsync(Database database, DbConnection connection, DbTransaction? transaction, CancellationToken ct)
    {
        await using var command = database.Command(connection, $"""
            INSERT INTO audit_events (at, type, actor, person_id, session_id, grant_id, client_id, address, detail, reason, reference)
            VALUES ({database.Now}, @type, @actor, @person, @session, @grant, @client, @address, @detail, @reason, @reference)
            """,
            ("type", Type), ("actor", Actor), ("person", PersonId), ("session", SessionId), ("grant", GrantId),
            ("client", ClientId), ("address", Address), ("detail", Detail), ("reason", Reason), ("reference", Reference));
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(ct);
    }
}
