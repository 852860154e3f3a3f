using System.Diagnostics;
using System.Text.RegularExpressions;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>What the README tells people to type works. A renamed verb or flag fails here, not on somebody's first day.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private const string Run = "dotnet run --project src/KubeIdP.Server";
    private const string Password = "correct horse battery staple";

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Commands => [.. Blocks("sh").SelectMany(Lines).Distinct()];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_first_command_starts_a_server()
    {
        Assert.Equal(Run, Blocks("sh").First());

        await using var server = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n");
        await server.StartAsync(Ct);

        Assert.Contains($"KubeIdP serves {server.Issuer.OriginalString}, listening", server.Log, StringComparison.Ordinal);
    }

    /// <summary>By the SDK itself, which may start a program elsewhere than where it was typed.</summary>
    [Fact]
    public async Task State_lies_where_the_command_was_typed()
    {
        var start = new ProcessStartInfo(IssuerProcess.DotnetHost) { WorkingDirectory = folder.Path };
        foreach (var word in (string[])["run", "--no-build", "-c", Repository.Configuration, "--project", Repository.File("src/KubeIdP.Server"), "--", "users", "list"])
            start.ArgumentList.Add(word);

        (await Programs.RunAsync(start, input: null, Ct)).Succeeded();

        Assert.True(Directory.Exists(Path.Combine(folder.Path, "data")));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_is_one_that_works(string command)
    {
        (await BashAsync("-n", command)).Succeeded();
        if (!CanRun(command)) return;

        // An audit in which nothing has happened proves nothing, and a report on nobody says nothing.
        if (command.Contains("audit verify", StringComparison.Ordinal) || command.Contains("report people", StringComparison.Ordinal)) (await BashAsync("-c", $"{Run} -- users add alice")).Succeeded();
        var outcome = await BashAsync("-c", command);

        // A word in capitals stands for what the reader has: that there is no such thing is the right answer.
        var expected = Placeholder().IsMatch(command) ? 1 : 0;
        Assert.True(outcome.ExitCode == expected, $"{command}\n{outcome}");
    }

    [Fact]
    public void What_kubectl_and_the_API_server_are_told_is_what_the_server_prints()
    {
        var instructions = new ClusterInstructions(new Settings().Issuer, "kubernetes", SigningAlgorithm.RS256, "any authority");

        Assert.Contains(instructions.Kubectl(Shell.Bash, "data/tls/ca.crt"), Blocks("sh"));
        Assert.Contains(instructions.ApiServerFlags(), Blocks(""));
    }

    [Fact]
    public void The_configuration_shown_is_one_without_unknown_keys()
    {
        var shown = Blocks("yaml").Where(block => block.StartsWith("issuer:", StringComparison.Ordinal) || block.StartsWith("directories:", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, shown.Count);

        foreach (var block in shown)
        {
            folder.Write("kubeidp.yaml", block);

            var answer = KubeIdP.Server.Hosting.Configuration.SettingsLoader.Load(null, folder.Path, []);

            // The files that it names are not here; nothing else may be wrong.
            if (answer is KubeIdP.Server.Hosting.Configuration.SettingsAnswer.Unusable unusable)
                Assert.All(unusable.Faults, fault => Assert.Contains("can't be read: ", fault.What, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_is_shown_as_YAML_is_YAML() => Assert.All(Blocks("yaml"), block => new YamlStream().Load(new StringReader(block)));

    [Fact]
    public void Every_link_leads_somewhere() =>
        Assert.All(Link().Matches(Readme).Select(link => link.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)),
            link => Assert.True(LeadsSomewhere(link), link));

    /// <summary>Whether there is such a file and, after a #, such a heading in it, as forges write its anchor.</summary>
    private static bool LeadsSomewhere(string link)
    {
        var (file, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
        var path = file is "" ? Repository.File("README.md") : Repository.File(file);
        return Path.Exists(path) && (anchor is null || File.ReadLines(path).Where(line => line.StartsWith('#')).Select(AnchorOf).Contains(anchor));
    }

    private static string AnchorOf(string heading) =>
        string.Concat(heading.TrimStart('#').Trim().ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    /// <summary>The one example of a configuration that has this in it.</summary>
    internal static string Example(string part) => Blocks("yaml").Single(block => block.Contains(part, StringComparison.Ordinal));

    private static string Readme { get; } = File.ReadAllText(Repository.File("README.md"));

    /// <summary>What stands between two fences of this kind.</summary>
    private static IEnumerable<string> Blocks(string kind) => Fence().Matches(Readme).Where(block => block.Groups["kind"].Value == kind).Select(block => block.Groups["text"].Value);

    /// <summary>One command each, with the lines that continue it.</summary>
    private static IEnumerable<string> Lines(string block) => block.Replace("\\\n", "\\\r", StringComparison.Ordinal).Split('\n').Select(line => line.Replace('\r', '\n'));

    /// <summary>Our own verbs, except that serving does not end: there only the words are tried. And whatever every machine has.</summary>
    private static bool CanRun(string command) => command.StartsWith(Run, StringComparison.Ordinal) ? command != Run : command.Contains("openssl", StringComparison.Ordinal);

    private async Task<Outcome> BashAsync(string option, string command)
    {
        // What the SDK would build and run is built already, and "serve" is asked for its help instead: that, too, fails on a flag that is unknown.
        var prelude = $$"""
            dotnet() { shift 3; if [ "$1" = -- ]; then shift; fi; if [ "$1" = serve ]; then set -- "$@" --help; fi; command '{{IssuerProcess.DotnetHost}}' '{{IssuerProcess.ServerDll}}' "$@"; }

            """;
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder.Path };
        foreach (var word in (string[])[option == "-n" ? "-nc" : "-c", prelude + command])
            start.ArgumentList.Add(word);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("KUBEIDP__", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        // The port of the README may be taken on this machine.
        start.Environment["KUBEIDP__LISTEN__0"] = $"https://localhost:{Ports.Free()}";
        return await Programs.RunAsync(start, $"{Password}\n", Ct);
    }

    [GeneratedRegex(@"^```(?<kind>\w*)\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@" [A-Z]{3,}\b")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
