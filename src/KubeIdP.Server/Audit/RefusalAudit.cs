using System.Collections.Concurrent;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Writes what strangers cause to the audit, such as refusals, in numbers that they can't drive up: see <see cref="RefusalBudget"/>. Each type has a budget of
/// its own. What they get no row for is counted, and <see cref="RefusalCounts"/> writes the number.
/// </summary>
internal sealed class RefusalAudit(AuditLog audit, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RefusalBudget> budgets = new(StringComparer.Ordinal);

    /// <summary>Not to be cancelled: whoever leaves before the answer is in the audit all the same.</summary>
    /// <param name="refusal">Of a type of the closed list, so there are few budgets.</param>
    /// <param name="network">Whose budget it is.</param>
    public async Task RecordAsync(NewAuditEvent refusal, string network)
    {
        if (MayWrite(refusal.Type, network)) await audit.AppendAsync(refusal, CancellationToken.None);
    }

    /// <summary>Whether one more row of this type may be written; if not, it is counted.</summary>
    public bool MayWrite(string type, string network) => budgets.GetOrAdd(type, _ => new RefusalBudget()).Spend(network, clock.GetUtcNow());

    /// <summary>Writes the counts of the minutes before a moment.</summary>
    public async Task WriteCountsAsync(DateTimeOffset before, CancellationToken ct)
    {
        foreach (var (type, budget) in budgets)
        {
            var counts = new Queue<KeyValuePair<string, int>>(budget.TakeCounts(before));
            try
            {
                for (; counts.TryPeek(out var next); counts.Dequeue()) await audit.AppendAsync(EntryOf(type, next.Key, next.Value), ct);
            }
            finally
            {
                foreach (var (network, count) in counts) budget.Return(network, count);
            }
        }
    }

    private static NewAuditEvent EntryOf(string type, string network, int count) => network == RefusalBudget.OtherNetworks
        ? new NewAuditEvent(type) { Detail = $"{count} more within a minute, from other addresses" }
        : new NewAuditEvent(type) { Address = network, Detail = $"{count} more within a minute" };
}
