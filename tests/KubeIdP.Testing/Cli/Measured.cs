using System.Diagnostics;
using System.Globalization;
using KubeIdP.Testing.Processes;

namespace KubeIdP.Testing.Cli;

/// <summary>What a short process cost.</summary>
/// <param name="Wall">From before its start until it had ended.</param>
/// <param name="PeakMemory">The most memory it had at once, in bytes, as the system counts it (ru_maxrss).</param>
public sealed record Measured(Outcome Outcome, TimeSpan Wall, long PeakMemory)
{
    // The system counts what the parent had at the start of its child as the child's: a test process is large, this one is smaller than
    // what is measured.
    private const string Script = """
        import os, sys, time
        since = time.perf_counter()
        child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
        _, status, usage = os.wait4(child, 0)
        sys.stderr.write(f"\n{int((time.perf_counter() - since) * 1e6)} {usage.ru_maxrss}")
        sys.exit(os.waitstatus_to_exitcode(status))
        """;

    /// <param name="start">The program by its whole path, with its environment.</param>
    public static async Task<Measured> RunAsync(ProcessStartInfo start, CancellationToken ct)
    {
        var measured = new ProcessStartInfo(
            Programs.Required("/usr/bin/python3"), ["-I", "-S", "-c", Script, start.FileName, .. start.ArgumentList])
        {
            WorkingDirectory = start.WorkingDirectory,
        };
        measured.Environment.Clear();
        foreach (var (name, value) in start.Environment) measured.Environment[name] = value;
        var outcome = await Programs.RunAsync(measured, input: null, ct);
        var at = outcome.Error.LastIndexOf('\n');
        var cost = outcome.Error[(at + 1)..].Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new Measured(outcome with { Error = outcome.Error[..at] }, TimeSpan.FromMicroseconds(cost[0]), cost[1] * 1024);
    }
}
