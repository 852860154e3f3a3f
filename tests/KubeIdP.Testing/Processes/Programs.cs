using System.Diagnostics;
using System.Text;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Testing.Processes;

internal static class Programs
{
    /// <summary>Its path again; throws when it is not installed, for then a test must not pass.</summary>
    public static string Required(string program) => File.Exists(program)
        ? program
        : throw new InvalidOperationException($"{program} is missing. Run tests/run.sh, which installs what the tests need.");

    /// <summary>Runs a program to its end.</summary>
    public static Task<Outcome> RunAsync(ProcessStartInfo start, string? input, CancellationToken ct) =>
        RunAsync(start, input, said: null, ct);

    /// <param name="start">The program with its arguments.</param>
    /// <param name="input">What it reads; null: nothing.</param>
    /// <param name="said">Is called with each line of its standard error as it comes.</param>
    /// <param name="ct">Kills it.</param>
    public static async Task<Outcome> RunAsync(ProcessStartInfo start, string? input, Action<string>? said, CancellationToken ct)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = said is null ? process.StandardError.ReadToEndAsync(ct) : ReadLinesAsync(process.StandardError, said, ct);
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

    private static async Task<string> ReadLinesAsync(StreamReader error, Action<string> said, CancellationToken ct)
    {
        var all = new StringBuilder();
        while (await error.ReadLineAsync(ct) is { } line)
        {
            all.Append(line).Append('\n');
            said(line);
        }

        return all.ToString();
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
