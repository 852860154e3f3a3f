using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Commands;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>
/// Whatever tells somebody to run a command of ours (a page, an error, a log line, a help text, a document) names one that there is, with options that it has. It is
/// read by people who have a problem already.
/// </summary>
public sealed partial class CommandNameTests
{
    private static readonly Dictionary<string, (string Verbs, bool IsGroup, string Text)> Known = new(StringComparer.Ordinal);

    [Fact]
    public async Task Every_command_that_is_named_anywhere_is_one_that_exists()
    {
        var verbs = await VerbsAsync();
        var groups = new List<string>();
        foreach (var verb in verbs)
        {
            if ((await HelpAsync([verb])).IsGroup) groups.Add(verb);
        }

        var seen = 0;
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Files())
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            foreach (Match named in AnotherProgram(verbs).Matches(text)) wrong.Add($"{file}: {named.Value}: the program is called kubeidp-server");
            foreach (Match named in OurProgram().Matches(text)) await LookAsync(file, named.Groups["words"].Value);
            foreach (Match named in Quoted(groups).Matches(text)) await LookAsync(file, named.Groups["words"].Value);
            foreach (Match named in Hyphenated(groups).Matches(text)) await LookAsync(file, named.Value);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(seen > 100, $"Only {seen} commands were found.");

        async Task LookAsync(string file, string command)
        {
            seen++;
            var words = Words().Matches(command).Select(word => word.Value).ToList();
            var help = await HelpAsync([.. words.TakeWhile(word => Verb().IsMatch(word))]);
            if (help.Verbs.Length == 0 || (help.IsGroup && words.Count > help.Verbs.Split(' ').Length && !words[help.Verbs.Split(' ').Length].StartsWith('-'))) wrong.Add($"{file}: {command}");
            foreach (var option in words.Where(word => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2).Select(word => word.Split('=')[0]))
            {
                if (!Regex.IsMatch(help.Text, $@"{Regex.Escape(option)}\b")) wrong.Add($"{file}: {command}: {option}");
            }
        }
    }

    [Theory]
    [InlineData("frobnicate", "")]
    [InlineData("people frobnicate", "people")]
    [InlineData("people add alice", "people add")]
    [InlineData("setup-link", "setup-link")]
    public async Task Help_tells_which_part_of_a_command_is_one(string command, string verbs) => Assert.Equal(verbs, (await HelpAsync(command.Split(' '))).Verbs);

    /// <summary>What is shipped, shown or read: no test, no generated file, nothing of others.</summary>
    private static IEnumerable<string> Files() =>
        from folder in (string[])["src", "deploy", "."]
        from file in Directory.EnumerateFiles(Repository.File(folder), "*", folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".md" or ".resx" or ".cs" or ".cshtml" or ".yaml" or ".yml" or ".sh" || Path.GetFileName(file) is "Dockerfile"
        where !BuildOutput().IsMatch(file)
        select file;

    /// <summary>As the program itself says: the words that are a command, whether it only holds others, and its help.</summary>
    private static async Task<(string Verbs, bool IsGroup, string Text)> HelpAsync(IReadOnlyList<string> words)
    {
        var key = string.Join(' ', words);
        if (Known.TryGetValue(key, out var known)) return known;

        var help = (await InProcess.RunAsync([.. words, "--help"])).Output.ReplaceLineEndings("\n");
        var usage = Usage().Match(help);
        return Known[key] = (usage.Groups["verbs"].Value.Trim(), usage.Groups["rest"].Value.Contains("[command]", StringComparison.Ordinal), help);
    }

    private static async Task<IReadOnlyList<string>> VerbsAsync()
    {
        var help = (await HelpAsync([])).Text;
        var verbs = Listed().Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..]).Select(verb => verb.Groups[1].Value).ToList();
        Assert.Contains("people", verbs);
        return verbs;
    }

    /// <summary>The namespace of the manifests, the program of the plans and the project have names of which none is this program's.</summary>
    private static Regex AnotherProgram(IEnumerable<string> verbs) => new($@"\b(kubeidp|KubeIdP\.Server) ({string.Join('|', verbs)})\b");

    /// <summary>A command without its program, as in "people reset-factors NAME".</summary>
    private static Regex Quoted(IEnumerable<string> groups) => new($"(?<=[`“„]|<code>|\\\\\")(?<words>({string.Join('|', groups)}) [a-z][^`”“\"<\\n]*?)(?=[`”“]|</code>|\\\\\")");

    /// <summary>Two such words are a command, wherever they stand; kubectl has some as well.</summary>
    private static Regex Hyphenated(IEnumerable<string> groups) => new($@"(?<!kubectl )\b({string.Join('|', groups)}) [a-z]+(-[a-z]+)+\b");

    [GeneratedRegex("""(?:\bkubeidp-server|dotnet run --project src/KubeIdP\.Server --) (?<words>[a-z][^`”“"<\n#|;)&>]*)""")]
    private static partial Regex OurProgram();

    [GeneratedRegex(@"Usage:\n {2}\S+(?<verbs>(?: [a-z][a-z-]*)*)(?<rest>.*)")]
    private static partial Regex Usage();

    [GeneratedRegex(@"^ {2}([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"[^\s'""]+|'[^']*'|""[^""]*""")]
    private static partial Regex Words();

    [GeneratedRegex(@"^[a-z][a-z-]*$")]
    private static partial Regex Verb();

    [GeneratedRegex(@"/(bin|obj)/")]
    private static partial Regex BuildOutput();
}
