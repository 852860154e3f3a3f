using System.Collections.Concurrent;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Audit;

/// <summary>
/// Appends audit events that strangers can cause, such as refusals, in limited numbers: see <see cref="RefusalBudget"/>. Each type has a
/// budget of its own. Events beyond it are counted, and <see cref="RefusalCounts"/> appends the count.
/// </summary>
internal sealed class RefusalAudit(AuditLog audit, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RefusalBudget> budgets = new(StringComparer.Ordinal);

    /// <summary>Without a cancellation token, so that a client that disconnects early is recorded too.</summary>
    /// <param name="refusal">Its type is from the closed list, so there are few budgets.</param>
    /// <param name="network">The network whose budget is used.</param>
    public async Task RecordAsync(NewAuditEvent refusal, string network)
    {
        if (MayWrite(refusal.Type, network)) await audit.AppendAsync(refusal, CancellationToken.None);
    }

    /// <summary>Whether one more event of this type may be appended; if not, it is counted.</summary>
    public bool MayWrite(string type, string network) => budgets.GetOrAdd(type, _ => new RefusalBudget()).Spend(network, clock.GetUtcNow());

    /// <summary>Appends the counts of the minutes before a time.</summary>
    public async Task WriteCountsAsync(DateTimeOffset before, CancellationToken ct)
    {
        foreach (var (type, budget) in budgets)
        {
            var counts = new Queue<KeyValuePair<string, int>>(budget.TakeCounts(before));
            try
            {
                for (; counts.TryPeek(out var next); counts.Dequeue()) await audit.AppendAsync(EventOf(type, next.Key, next.Value), ct);
            }
            finally
            {
                foreach (var (network, count) in counts) budget.Return(network, count);
            }
        }
    }

    private static NewAuditEvent EventOf(string type, string network, int count) => network == RefusalBudget.OtherNetworks
        ? new NewAuditEvent(type) { Detail = $"{count} more within a minute, from other addresses" }
        : new NewAuditEvent(type) { Address = network, Detail = $"{count} more within a minute" };
}
