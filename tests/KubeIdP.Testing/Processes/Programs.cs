using System.Diagnostics;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Testing.Processes;

internal static class Programs
{
    /// <summary>Its path again; throws when it is not installed, for then a test must not pass.</summary>
    public static string Required(string program) => File.Exists(program)
        ? program
        : throw new InvalidOperationException($"{program} is missing. Run tests/run.sh, which installs what the tests need.");

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Outcome> RunAsync(ProcessStartInfo start, string? input, CancellationToken ct)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            await WriteAsync(process, input);
            await process.WaitForExitAsync(ct);
            return new Outcome(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task WriteAsync(Process process, string? input)
    {
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code says why.
        }
    }
}
