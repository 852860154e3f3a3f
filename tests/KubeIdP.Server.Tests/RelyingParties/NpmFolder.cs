using System.Collections.Concurrent;
using System.Diagnostics;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Server.Tests.RelyingParties;

/// <summary>A folder beside the tests with a program of packages from npm, exactly as its lock file names them.</summary>
internal sealed class NpmFolder(string name)
{
    // Two classes may use one folder at the same time, and npm ci begins by deleting what is there.
    private static readonly ConcurrentDictionary<string, Lazy<Task>> Installed = new(StringComparer.Ordinal);

    public string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "RelyingParties", name);

    /// <exception cref="InvalidOperationException">With what npm said, if a package can't be had.</exception>
    public Task InstallAsync() => Installed.GetOrAdd(Path, _ => new Lazy<Task>(RunInstallAsync)).Value;

    public Process Start(string program, string[] words, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = Path, RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in environment)
            start.Environment[variable] = value;
        return Process.Start(start)!;
    }

    private async Task RunInstallAsync()
    {
        using var npm = Start("npm", ["ci", "--ignore-scripts"], new Dictionary<string, string?>());
        var said = npm.StandardError.ReadToEndAsync();
        await npm.StandardOutput.ReadToEndAsync();
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm ci in {Path} failed:\n{await said}");
    }
}
