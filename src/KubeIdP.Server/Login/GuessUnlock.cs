using KubeIdP.Data.Audit;
using KubeIdP.Data.Guessing;

namespace KubeIdP.Server.Login;

/// <summary>For an administrator whose colleague is tired of waiting.</summary>
internal sealed class GuessUnlock(FailureStore failures, GuessKeys keys)
{
    /// <summary>
    /// Forgets the failed passwords of this name, wherever they came from, in one transaction with the audit row. What is counted for addresses stays: it
    /// is not this account's alone.
    /// </summary>
    public Task ForgetAsync(string username, AuditEntry audit, CancellationToken ct) => failures.MarkAsync(keys.MarkerOf(username), audit, ct);
}
