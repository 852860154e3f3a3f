using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Login;

/// <summary>Writes refused logins to the audit, in numbers that a stranger can't drive up: see <see cref="RefusalBudget"/>.</summary>
internal sealed class RefusalAudit(Database database, TimeProvider clock)
{
    private readonly RefusalBudget budget = new();

    public async Task RecordAsync(AuditEntry refusal, string network, CancellationToken ct)
    {
        var spending = budget.Spend(network, clock.GetUtcNow());
        if (spending is { Granted: false, Unwritten.Count: 0 }) return;

        await using var connection = await database.OpenAsync(ct);
        foreach (var (from, count) in spending.Unwritten)
            await new AuditEntry(AuditEventType.LoginRefused) { Address = from, Detail = $"{count} more within a minute" }.AppendAsync(database, connection, null, ct);
        if (spending.Granted) await refusal.AppendAsync(database, connection, null, ct);
    }
}
