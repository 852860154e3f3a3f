using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace KubeIdP.Load;

/// <summary>What one pass showed.</summary>
/// <param name="LatenciesMs">Sorted, of the right answers alone.</param>
/// <param name="ServerCpu">What the server's process used, its threads and its part of the kernel included.</param>
/// <param name="ServerAllocated">In bytes, by the server's process.</param>
internal sealed record LoadResult(TimeSpan Elapsed, IReadOnlyList<double> LatenciesMs, int Errors, string? FirstError, TimeSpan ServerCpu,
    long ServerAllocated, double ResidentMiB)
{
    public double PerSecond => LatenciesMs.Count / Elapsed.TotalSeconds;

    public double PerCpuSecond => ServerCpu > TimeSpan.Zero ? LatenciesMs.Count / ServerCpu.TotalSeconds : 0;

    public double AllocatedEach => LatenciesMs.Count > 0 ? (double)ServerAllocated / LatenciesMs.Count : 0;

    public double PercentileMs(double percentile) => LatenciesMs.At(percentile);
}

/// <summary>One pass: so many workers, each of which sends its next request when it has its answer (a closed loop).</summary>
internal sealed class LoadRun
{
    private readonly Stage stage;
    private readonly bool asKubectl;
    private readonly ConcurrentQueue<string> tokens;
    private readonly ConcurrentBag<double> latencies = [];
    private int errors;
    private string? firstError;

    private LoadRun(Stage stage, bool asKubectl)
    {
        (this.stage, this.asKubectl) = (stage, asKubectl);
        tokens = new ConcurrentQueue<string>(stage.RefreshTokens);
    }

    public static async Task<LoadResult> ExecuteAsync(Stage stage, bool asKubectl, int workers, TimeSpan duration, CancellationToken ct)
    {
        var run = new LoadRun(stage, asKubectl);
        using var server = Process.GetProcessById(stage.Issuer.ProcessId);
        var allocated = await stage.ReadAllocatedAsync(ct);
        var cpu = server.TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => run.WorkAsync(began, duration, ct)));

        server.Refresh();
        var elapsed = Stopwatch.GetElapsedTime(began);
        allocated = await stage.ReadAllocatedAsync(ct) - allocated;
        stage.RefreshTokens.Clear();
        stage.RefreshTokens.AddRange(run.tokens);
        return new LoadResult(elapsed, [.. run.latencies.Order()], run.errors, run.firstError, server.TotalProcessorTime - cpu, allocated,
            server.WorkingSet64 / 1048576.0);
    }

    private async Task WorkAsync(long began, TimeSpan duration, CancellationToken ct)
    {
        HttpMessageInvoker? kept = null;
        try
        {
            while (Stopwatch.GetElapsedTime(began) < duration && tokens.TryDequeue(out var token))
            {
                var sent = Stopwatch.GetTimestamp();
                var (successor, error) = await TryAsync(kept ??= Connect(), token, ct);
                tokens.Enqueue(successor ?? token);
                if (error is null) latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                else Blame(error);

                if (!asKubectl) continue;
                kept.Dispose();
                kept = null;
            }
        }
        finally
        {
            kept?.Dispose();
        }
    }

    private HttpMessageInvoker Connect() =>
        new(asKubectl ? stage.Issuer.CreateHandler() : new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    private async Task<(string? Successor, string? Error)> TryAsync(HttpMessageInvoker connection, string token, CancellationToken ct)
    {
        try
        {
            if (asKubectl && await GetAsync(connection, "/.well-known/openid-configuration", ct) is { } noDiscovery)
                return (null, noDiscovery);

            using var request = Stage.RefreshRequest(asKubectl ? stage.Issuer.Issuer : stage.PlainAddress, token);
            using var response = await connection.SendAsync(request, ct);
            var text = await response.Content.ReadAsStringAsync(ct);
            if (response.StatusCode != HttpStatusCode.OK) return (null, $"{(int)response.StatusCode} {text}");

            using var answer = JsonDocument.Parse(text);
            var successor = answer.RootElement.GetProperty("refresh_token").GetString()!;
            if (successor == token || !answer.RootElement.TryGetProperty("id_token", out _))
                return (successor, "The answer has no new tokens.");

            return (successor, asKubectl ? await GetAsync(connection, "/.well-known/jwks", ct) : null);
        }
        catch (HttpRequestException fault)
        {
            return (null, fault.Message);
        }
    }

    private async Task<string?> GetAsync(HttpMessageInvoker connection, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stage.Issuer.Issuer, path));
        using var response = await connection.SendAsync(request, ct);
        await response.Content.ReadAsByteArrayAsync(ct);
        return response.StatusCode == HttpStatusCode.OK ? null : $"{path}: {(int)response.StatusCode}";
    }

    private void Blame(string error)
    {
        Interlocked.Increment(ref errors);
        Interlocked.CompareExchange(ref firstError, error, null);
    }
}
