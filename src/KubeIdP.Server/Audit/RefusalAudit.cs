using System.Collections.Concurrent;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Writes what strangers cause to the audit, such as refusals, in numbers that they can't drive up: see <see cref="RefusalBudget"/>. Each type has a budget of
/// its own.
/// </summary>
internal sealed class RefusalAudit(Database database, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RefusalBudget> budgets = new(StringComparer.Ordinal);

    /// <param name="refusal">Of a type of the closed list, so there are few budgets.</param>
    /// <param name="network">Whose budget it is.</param>
    /// <param name="ct">What is not written then is still counted.</param>
    public async Task RecordAsync(AuditEntry refusal, string network, CancellationToken ct)
    {
        if (!await MayWriteAsync(refusal.Type, network, ct)) return;

        await using var connection = await database.OpenAsync(ct);
        await refusal.AppendAsync(database, connection, null, ct);
    }

    /// <summary>Whether one more row of this type may be written; if not, it is counted, and the number is written in a later minute.</summary>
    public async Task<bool> MayWriteAsync(string type, string network, CancellationToken ct)
    {
        var spending = budgets.GetOrAdd(type, _ => new RefusalBudget()).Spend(network, clock.GetUtcNow());
        if (spending.Unwritten is []) return spending.Granted;

        await using var connection = await database.OpenAsync(ct);
        foreach (var (from, count) in spending.Unwritten)
        {
            var entry = from == RefusalBudget.OtherNetworks
                ? new AuditEntry(type) { Detail = $"{count} more within a minute, from other addresses" }
                : new AuditEntry(type) { Address = from, Detail = $"{count} more within a minute" };
            await entry.AppendAsync(database, connection, null, ct);
        }

        return spending.Granted;
    }
}
