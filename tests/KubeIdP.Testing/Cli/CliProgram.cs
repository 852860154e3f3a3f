using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeIdP.Testing.Browsers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Protocol;

namespace KubeIdP.Testing.Cli;

/// <summary>The real program <c>kubeidp</c> as processes of one user, with a state folder of their own.</summary>
public sealed class CliProgram
{
    private readonly string program;

    /// <param name="program">Another program, or another build of it; null for <see cref="FilePath"/>.</param>
    public CliProgram(string? authorityPem = null, string? program = null)
    {
        this.program = program ?? FilePath;
        Home = Path.Combine(Scratch.NewFolder("kubeidp-cli-"), "state");
        AuthorityFile = Path.Combine(Path.GetDirectoryName(Home)!, "ca.pem");
        if (authorityPem is not null) File.WriteAllText(AuthorityFile, authorityPem);
    }

    /// <summary>
    /// The program: the native one that tests/run.sh has made (<c>KUBEIDP_PROGRAM</c>), which is what people run and starts ten times as
    /// fast; without it, as it was built with the tests.
    /// </summary>
    public static string FilePath { get; } = System.Environment.GetEnvironmentVariable("KUBEIDP_PROGRAM") ?? typeof(CliProgram).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "CliProgram").Value!;

    /// <summary>Its state folder, which it makes itself.</summary>
    public string Home { get; }

    public string AuthorityFile { get; }

    /// <summary>Variables of the next processes, in addition to those of this one.</summary>
    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal)
    {
        // Where the tests run says nothing about where a person does.
        ["DISPLAY"] = null, ["WAYLAND_DISPLAY"] = null, ["SSH_CONNECTION"] = null, ["SSH_TTY"] = null, ["SSH_CLIENT"] = null,
        ["BROWSER"] = null, ["CI"] = null, ["KUBERNETES_EXEC_INFO"] = null,
    };

    /// <summary>Runs it to its end.</summary>
    public Task<Outcome> RunAsync(CancellationToken ct, params IReadOnlyList<string> words) =>
        Programs.RunAsync(Start(words), input: null, ct);

    /// <summary>Runs it as a child of a shell of its own, as each kubectl is another process.</summary>
    public Task<Outcome> RunFromAnotherClientAsync(CancellationToken ct, params IReadOnlyList<string> words)
    {
        var start = Start(["-c", "\"$0\" \"$@\"; exit $?", program, .. words]);
        start.FileName = "/bin/sh";
        return Programs.RunAsync(start, input: null, ct);
    }

    /// <summary>Runs it to its end, and says what that cost.</summary>
    public Task<Measured> MeasureAsync(CancellationToken ct, params IReadOnlyList<string> words) => Measured.RunAsync(Start(words), ct);

    /// <summary>Starts it; what it says is read by nobody until it has ended.</summary>
    public Process Begin(params IReadOnlyList<string> words)
    {
        var start = Start(words);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    /// <summary>Signs in as a person does, with a browser that is not opened by it.</summary>
    public async Task<Outcome> SignInAsync(ScriptedIssuer issuer, CancellationToken ct, params IReadOnlyList<string> words)
    {
        using var process = Begin(words is []
            ? ["login", "--issuer", issuer.Issuer, "--certificate-authority", AuthorityFile, "--no-browser"]
            : words);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var said = new StringBuilder();
        string? page = null;
        while (await process.StandardError.ReadLineAsync(ct) is { } line)
        {
            said.AppendLine(line);
            if (page is null && line.IndexOf($"{issuer.Issuer}/connect/authorize", StringComparison.Ordinal) is >= 0 and var at)
                page = await issuer.SignInAsync(line[at..], ct);
        }

        await process.WaitForExitAsync(ct);
        return new Outcome(process.ExitCode, await output, $"{said}{page}");
    }

    /// <summary>
    /// Runs it with a person beside it, who follows the address that it prints, whichever browser that is for, and signs in there.
    /// </summary>
    public async Task<Outcome> RunAsync(Account person, BrowserClient browser, CancellationToken ct, params IReadOnlyList<string> words)
    {
        using var process = Begin(words);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var said = new StringBuilder();
        while (await process.StandardError.ReadLineAsync(ct) is { } line)
        {
            said.AppendLine(line);
            if (!line.Contains("/connect/authorize", StringComparison.Ordinal)) continue;

            var page = await person.SignInAsync(browser, new Uri(line[line.IndexOf("https://", StringComparison.Ordinal)..]), ct);
            using var http = new HttpClient();
            said.AppendLine(await http.GetStringAsync(page.Redirect, ct));
        }

        await process.WaitForExitAsync(ct);
        return new Outcome(process.ExitCode, await output, $"{said}");
    }

    /// <summary>The file of a cluster, once there is a token for it.</summary>
    public string ClusterFile(string cluster) =>
        Directory.EnumerateFiles(Home, $"cluster-{cluster}.json", SearchOption.AllDirectories).Single();

    public string SessionFile() => Directory.EnumerateFiles(Home, "session.json", SearchOption.AllDirectories).Single();

    /// <summary>As if its token had been asked for so much earlier.</summary>
    public static void Age(string file, TimeSpan by, string property = "life")
    {
        var record = JsonNode.Parse(File.ReadAllText(file))!;
        var life = record["self"]?[property] ?? record[property]!;
        life["since"] = (long)life["since"]! - (long)by.TotalMilliseconds;
        life["uptime"] = (long)life["uptime"]! - (long)by.TotalMilliseconds;
        File.WriteAllText(file, record.ToJsonString());
    }

    /// <summary>The token in an answer to client-go.</summary>
    public static string TokenOf(Outcome outcome)
    {
        using var answer = JsonDocument.Parse(outcome.Succeeded().Output);
        return answer.RootElement.GetProperty("status").GetProperty("token").GetString()!;
    }

    private ProcessStartInfo Start(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = Path.GetDirectoryName(Home)! };
        start.Environment["KUBEIDP_HOME"] = Home;
        foreach (var (name, value) in Environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        return start;
    }
}
