using System.Collections.Concurrent;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Audit;

/// <summary>Writes refusals to the audit, in numbers that a stranger can't drive up: see <see cref="RefusalBudget"/>. Each type has a budget of its own.</summary>
internal sealed class RefusalAudit(Database database, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RefusalBudget> budgets = new(StringComparer.Ordinal);

    /// <param name="refusal">Of a type of the closed list, so there are few budgets.</param>
    /// <param name="network">Whose budget it is.</param>
    /// <param name="ct">What is not written then is still counted.</param>
    public async Task RecordAsync(AuditEntry refusal, string network, CancellationToken ct)
    {
        var spending = budgets.GetOrAdd(refusal.Type, _ => new RefusalBudget()).Spend(network, clock.GetUtcNow());
        if (spending is { Granted: false, Unwritten.Count: 0 }) return;

        await using var connection = await database.OpenAsync(ct);
        foreach (var (from, count) in spending.Unwritten)
            await new AuditEntry(refusal.Type) { Address = from, Detail = $"{count} more within a minute" }.AppendAsync(database, connection, null, ct);
        if (spending.Granted) await refusal.AppendAsync(database, connection, null, ct);
    }
}
