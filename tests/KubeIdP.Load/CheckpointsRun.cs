using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Databases;

namespace KubeIdP.Load;

/// <summary>
/// Audit events are written at a steady rate while two replicas write checkpoints over them, and none may wait long for its checkpoint.
/// Then all of them are verified.
/// </summary>
internal static class CheckpointsRun
{
    private const int Writers = 16;
    private const double MaxLagSeconds = 5;

    /// <summary>As the server's.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    public static async Task<int> ExecuteAsync(int rate, int seconds, bool json, CancellationToken ct)
    {
        await using var postgres = await PostgresServer.StartNewAsync(ct, durable: true);
        await using var database = Database.Postgres(await postgres.CreateDatabaseAsync(ct), TimeProvider.System);
        var keys = new AuditKeySource(new AuditKey(new byte[AuditKey.Size]));

        using var writing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var checkpointing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var latencies = new ConcurrentQueue<double>();
        var checkpointWriters = Enumerable.Range(0, 2)
            .Select(_ => WriteCheckpointsAsync(new AuditCheckpointWriter(database, keys), checkpointing.Token)).ToList();
        var began = Stopwatch.StartNew();
        var writers = Enumerable.Range(0, Writers)
            .Select(_ => WriteAsync(new AuditLog(database, keys), rate / (double)Writers, latencies, writing.Token)).ToList();
        var lag = 0.0;
        while (began.Elapsed.TotalSeconds < seconds)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
            lag = Math.Max(lag, await LagAsync(database, ct));
        }

        await writing.CancelAsync();
        await Task.WhenAll(writers);
        var written = latencies.Count / began.Elapsed.TotalSeconds;
        var rest = Stopwatch.StartNew();
        while (await LagAsync(database, ct) > 0) await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        var drained = rest.Elapsed.TotalSeconds;
        await checkpointing.CancelAsync();
        await Task.WhenAll(checkpointWriters);

        var verifying = Stopwatch.StartNew();
        var verdict = await new AuditVerifier(database, keys).VerifyAsync(exported: null, progress: null, ct);
        var result = new
        {
            eventsPerSecond = written, p99WriteMs = latencies.Order().ToList().At(0.99), longestWaitForCheckpointSeconds = lag,
                lastCheckpointAfterSeconds = drained,
            events = verdict.Events, checkpoints = verdict.Checkpoints, isWhole = verdict.IsWhole,
            verifiedPerSecond = verdict.Events / verifying.Elapsed.TotalSeconds,
        };
        var isRight = verdict is { IsWhole: true, Uncovered: 0 } && written > rate * 0.95 && lag < MaxLagSeconds;
        Console.WriteLine(json ? JsonSerializer.Serialize(result) : string.Create(CultureInfo.InvariantCulture, $"""
            {written:F0} audit events a second, 99 of 100 written within {result.p99WriteMs:F1} ms.
            None waited for its checkpoint for longer than {lag:F1} s; the last had it {drained:F1} s after it was written.
            {verdict.Checkpoints} checkpoints.
            Verified: {verdict.Events:N0} audit events, {result.verifiedPerSecond:N0} a second.
            They are {(verdict.IsWhole ? "as they were written" : "NOT as they were written")}.
            {(isRight ? "Passed." : "FAILED.")}
            """));
        return isRight ? 0 : 1;
    }

    private static async Task WriteCheckpointsAsync(AuditCheckpointWriter writer, CancellationToken ct)
    {
        try
        {
            while (true)
                if (await writer.WriteAsync(ct) < AuditCheckpointWriter.BatchSize) await Task.Delay(Delay, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    private static async Task WriteAsync(AuditLog log, double rate, ConcurrentQueue<double> latencies, CancellationToken ct)
    {
        var began = Stopwatch.StartNew();
        for (var number = 1; !ct.IsCancellationRequested; number++)
        {
            var sent = Stopwatch.GetTimestamp();
            await log.AppendAsync(
                Actor.Issuer.Did(AuditEventType.LoginSucceeded, Identifier.OrNull<PersonId>("person"),
                    "pwd otp mfa") with { Address = "192.0.2.7", ClientId = "kubernetes" }, CancellationToken.None);
            latencies.Enqueue(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            var ahead = TimeSpan.FromSeconds(number / rate) - began.Elapsed;
            if (ahead > TimeSpan.Zero) await Task.Delay(ahead, CancellationToken.None);
        }
    }

    /// <summary>The age of the oldest audit event without a checkpoint, in seconds; 0 where there is none.</summary>
    private static async Task<double> LagAsync(Database database, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection,
            $"SELECT {database.Now} - min(at) FROM audit_events WHERE checkpoint IS NULL");
        return await command.ExecuteScalarAsync(ct) is long age ? age / 1000.0 : 0;
    }
}
