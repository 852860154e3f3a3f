using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeIdP.Testing.Cli;

namespace KubeIdP.Load;

/// <summary>
/// What kubectl waits for at each command: <c>kubeidp token</c> of the published native program, with a fresh token in its file; and
/// kubelogin with one in its cache, where it is on the PATH.
/// </summary>
internal static class PluginStartRun
{
    private const double LongestMilliseconds = 30;
    private const double LargestMiB = 20;

    public static async Task<int> ExecuteAsync(int runs, bool json, CancellationToken ct)
    {
        var published = await PublishedCli.GetAsync();
        await using var issuer = await ScriptedIssuer.StartAsync(ct);

        // Fresh for as long as this runs, and dated as kubelogin wants it.
        issuer.ClusterLifetime = issuer.SelfLifetime = TimeSpan.FromHours(1);
        issuer.ClockOffset = TimeSpan.Zero;
        var kubeidp = new CliProgram(issuer.AuthorityPem, published.Program);
        (await kubeidp.SignInAsync(issuer, ct)).Succeeded();
        (await kubeidp.RunAsync(ct, "token", "prod")).Succeeded();
        var kubelogin = await KubeloginAsync(issuer, ct);
        issuer.Forget();

        // One after the other, so that both meet the same machine.
        List<Measured> ours = [], theirs = [];
        for (var run = 0; run < runs; run++)
        {
            ours.Add(await kubeidp.MeasureAsync(ct, "token", "prod"));
            if (kubelogin is var (program, words)) theirs.Add(await program.MeasureAsync(ct, words));
        }

        foreach (var measured in ours.Concat(theirs)) measured.Outcome.Succeeded();
        if (issuer.Requests is not []) throw new InvalidOperationException($"The token did not come from the file: {issuer.Requests[0]}.");

        var (milliseconds, mebibytes) = Medians(ours);
        (double Milliseconds, double Mebibytes)? other = theirs is [] ? null : Medians(theirs);
        var binary = new FileInfo(published.Program).Length;
        Console.WriteLine(json
            ? JsonSerializer.Serialize(
                new { runs, milliseconds, mebibytes, binary, kubelogin = other is var (ms, mib) ? new { ms, mib } : null },
                JsonSerializerOptions.Web)
            : $"kubeidp token, from its file: {Show(milliseconds, mebibytes)} (medians of {runs} runs; the program has "
                + $"{(binary / 1048576d).ToString("F1", CultureInfo.InvariantCulture)} MiB). "
                + (other is var (wall, memory) ? $"kubelogin: {Show(wall, memory)}." : "kubelogin is not on the PATH."));
        return milliseconds < LongestMilliseconds && mebibytes < LargestMiB ? 0 : 1;
    }

    private static string Show(double milliseconds, double mebibytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F1} ms, {mebibytes:F1} MiB");

    private static (double Milliseconds, double Mebibytes) Medians(List<Measured> all) =>
        (Median(all.Select(one => one.Wall.TotalMilliseconds)), Median(all.Select(one => one.PeakMemory / 1048576d)));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    // kubelogin 1.32 or later, which opens no browser: this process follows the address that it prints.
    private static async Task<(CliProgram Program, string[] Words)?> KubeloginAsync(ScriptedIssuer issuer, CancellationToken ct)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .SelectMany(folder => new[] { Path.Combine(folder, "kubelogin"), Path.Combine(folder, "kubectl-oidc_login") })
            .FirstOrDefault(File.Exists);
        if (path is null) return null;

        var program = new CliProgram(issuer.AuthorityPem, path);
        string[] words =
        [
            "get-token", $"--oidc-issuer-url={issuer.Issuer}", "--oidc-client-id=kubeidp", "--oidc-pkce-method=S256",
            $"--certificate-authority={program.AuthorityFile}", $"--token-cache-dir={program.Home}", "--skip-open-browser",
            "--listen-address=127.0.0.1:0",
        ];
        using var process = program.Begin(words);
        var said = new StringBuilder();
        while (await process.StandardError.ReadLineAsync(ct) is { } line)
        {
            said.AppendLine(line);
            if (line.IndexOf("http://", StringComparison.Ordinal) is >= 0 and var at) await issuer.SignInAsync(line[at..].Trim(), ct);
        }

        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0
            ? (program, words)
            : throw new InvalidOperationException($"{path} did not sign in, exit code {process.ExitCode}: {said}");
    }
}
