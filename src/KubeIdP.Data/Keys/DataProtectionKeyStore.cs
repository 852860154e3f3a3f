using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Keys;

/// <summary>The rows of the data-protection key ring.</summary>
public sealed class DataProtectionKeyStore(Database database, AuditLog auditLog)
{
    /// <summary>All keys with their numbers, in the order of insertion.</summary>
    public async Task<IReadOnlyList<(int Id, string Xml)>> ListAsync(CancellationToken ct) => await database.ListAsync(
        "SELECT id, xml FROM data_protection_keys WHERE xml IS NOT NULL ORDER BY id", row => (row.Int("id"), row.Text("xml")), ct);

    /// <summary>
    /// Runs an action that creates a missing key on one replica at a time; the action must check again whether the key exists. An SQLite
    /// database has one server.
    /// </summary>
    public async Task RunExclusivelyAsync(Action make, CancellationToken ct)
    {
        await using var work = database.IsPostgres ? await database.BeginAsync(ct) : null;
        if (work is not null) await work.LockAsync(AdvisoryLocks.MakingDataProtectionKeys, ct);
        make();
    }

    /// <summary>Adds a key or a revocation, with its audit event.</summary>
    public async Task InsertAsync(string name, string xml, CancellationToken ct)
    {
        await using var work = await database.BeginAsync(ct);
        await work.ExecuteAsync("INSERT INTO data_protection_keys (friendly_name, xml) VALUES (@name, @xml)", ct, ("name", name),
            ("xml", xml));
        await auditLog.AppendAsync(work,
            new NewAuditEvent(AuditEventType.KeyCreated) { Actor = "server", Detail = $"data protection {name}" }, ct);
        await work.CommitAsync(ct);
    }
}
