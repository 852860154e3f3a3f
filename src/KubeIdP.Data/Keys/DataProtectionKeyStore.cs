using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>The rows of the data-protection ring. In plain SQL, for every start waits for them.</summary>
public sealed class DataProtectionKeyStore(Database database)
{
    /// <summary>Each with its number, in the order in which they came.</summary>
    public async Task<IReadOnlyList<(int Id, string Xml)>> ListAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, "SELECT id, xml FROM data_protection_keys WHERE xml IS NOT NULL ORDER BY id");
        await using var row = await command.ExecuteReaderAsync(ct);
        var ring = new List<(int, string)>();
        while (await row.ReadAsync(ct))
            ring.Add((row.GetInt32(0), row.GetString(1)));
        return ring;
    }

    /// <summary>Adds a key or a revocation, with its audit row.</summary>
    public async Task InsertAsync(string name, string xml, CancellationToken ct)
    {
        await using var work = await Work.BeginAsync(database, ct);
        await work.ExecuteAsync("INSERT INTO data_protection_keys (friendly_name, xml) VALUES (@name, @xml)", ct, ("name", name), ("xml", xml));
        await work.RecordAsync(new NewAuditEvent(AuditEventType.KeyCreated) { Actor = "server", Detail = $"sealing {name}" }, ct);
        await work.CommitAsync(ct);
    }
}
