using System.Globalization;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Issuer;

namespace KubeIdP.Server.Operations;

/// <param name="Name">One word.</param>
/// <param name="Trouble">Null when all is well.</param>
internal sealed record ReadinessCheck(string Name, string? Trouble);

/// <summary>Whether this replica can do its work now. Directories are not asked: what one of them lacks no other replica has.</summary>
internal sealed class Readiness(Database database, SigningKeys keys, Draining draining, TimeProvider clock, ILogger<Readiness> log)
{
    /// <summary>For the database's answer. A kubelet waits for a second by default; the manifests give it three.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Half of a token's life: API servers refuse what comes from further in the future, and what is further in the past has expired.</summary>
    private static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(30);

    private volatile bool wasReady = true;

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken ct)
    {
        var (away, apart) = await AskDatabaseAsync(ct);
        ReadinessCheck[] checks =
        [
            new("running", draining.IsOn ? "the server is about to stop" : null),
            new("database", away),
            new("clock", apart),
            new("keys", Enum.GetValues<SigningAlgorithm>().All(keys.Has) ? null : "there is no key to sign with"),
        ];
        Tell(checks);
        return checks;
    }

    private async Task<(string? Away, string? ClockTrouble)> AskDatabaseAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            await using var connection = await database.OpenAsync(limit.Token);
            await using var command = database.Command(connection, $"SELECT {database.Now}");
            var theirs = DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(await command.ExecuteScalarAsync(limit.Token), CultureInfo.InvariantCulture));
            var apart = (clock.GetUtcNow() - theirs).Duration();
            return (null, apart <= ClocksApart ? null : string.Create(CultureInfo.InvariantCulture, $"this machine's clock and the database's are {apart.TotalSeconds:0} s apart"));
        }
        catch (Exception fault) when (Outage.Is(fault) || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (fault is OperationCanceledException ? $"it did not answer within {Patience.TotalSeconds:0} s" : $"{Outage.Describe(fault)} {fault.GetBaseException().Message}", null);
        }
    }

    /// <summary>Only a change is worth a line: it is asked every few seconds.</summary>
    private void Tell(ReadinessCheck[] checks)
    {
        var isReady = checks.All(check => check.Trouble is null);
        if (isReady == wasReady) return;

        wasReady = isReady;
        if (isReady) log.Ready();
        else log.NotReady(string.Join("; ", checks.Where(check => check.Trouble is not null).Select(check => $"{check.Name}: {check.Trouble}")));
    }
}
