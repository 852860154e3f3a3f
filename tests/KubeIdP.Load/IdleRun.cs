using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Load;

/// <summary>What a server costs that has nothing to do: processor time until its first answer, and memory some time after it.</summary>
internal static class IdleRun
{
    private const double MaxCpuSeconds = 2;
    private const double MaxMiB = 150;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    public static async Task<int> ExecuteAsync(Storage storage, int starts, bool json, CancellationToken ct)
    {
        await using var postgres = storage == Storage.Postgres ? await PostgresServer.StartNewAsync(ct, durable: true) : null;
        var common = $"management: {{ listen: \"http://127.0.0.1:{Ports.Free()}\" }}\n";
        await using var issuer = new IssuerProcess(postgres is null
            ? $"issuer: https://localhost:{Ports.Free()}\n{common}"
            : $"{Replicas.Configuration(await postgres.CreateDatabaseAsync(ct), Replicas.NewMasterKey())}\n{common}");

        // The first makes keys, certificates and, on SQLite, the schema: once for ever.
        await issuer.StartAsync(ct);
        await issuer.StopAsync(ct);
        var worst = (Cpu: 0.0, MiB: 0.0);
        for (var start = 1; start <= starts; start++)
        {
            await issuer.StartAsync(ct);
            using var process = Process.GetProcessById(issuer.ProcessId);
            var cpu = process.TotalProcessorTime.TotalSeconds;
            await Task.Delay(Settling, ct);
            process.Refresh();
            var resident = process.WorkingSet64 / 1048576.0;
            worst = (Math.Max(worst.Cpu, cpu), Math.Max(worst.MiB, resident));
            Console.WriteLine(json
                ? JsonSerializer.Serialize(new { start, cpuSecondsToFirstAnswer = cpu, residentMiB = resident })
                : string.Create(CultureInfo.InvariantCulture,
                    $"start {start}: {cpu:F2} s of processor time to the first answer, {resident:F0} MiB "
                    + $"after {Settling.TotalSeconds:F0} s"));
            await issuer.StopAsync(ct);
        }

        return worst.Cpu < MaxCpuSeconds && worst.MiB < MaxMiB ? 0 : 1;
    }
}
