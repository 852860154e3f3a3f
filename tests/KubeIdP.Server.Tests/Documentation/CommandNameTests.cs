using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Commands;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Documentation;

/// <summary>
/// Every text that names a command of one of the programs (a page, an error, a log line, a help text, a document) names one that exists,
/// with options that it has. Such texts are read by people who have a problem already.
/// </summary>
public sealed partial class CommandNameTests
{
    private const string Server = "kubeidp-server";
    private const string Kubeidp = "kubeidp";

    private static readonly Dictionary<string, (string Path, bool IsGroup, string Text)> Known = new(StringComparer.Ordinal);

    [Fact]
    public async Task Every_command_that_is_named_anywhere_is_one_that_exists()
    {
        var commands = await CommandsAsync();
        var groups = new List<string>();
        foreach (var command in commands)
        {
            if ((await HelpAsync(Server, [command])).IsGroup) groups.Add(command);
        }

        var shared = await CommandsAsync(Kubeidp);

        var seen = 0;
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Files())
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            foreach (Match named in AnotherProgram(commands.Except(shared)).Matches(text))
                wrong.Add($"{file}: {named.Value}: the program is called kubeidp-server");
            foreach (Match named in OurProgram().Matches(text)) await LookAsync(Server, file, named.Groups["words"].Value);
            foreach (Match named in PeoplesProgram(shared).Matches(text)) await LookAsync(Kubeidp, file, named.Groups["words"].Value);
            foreach (Match named in Quoted(groups).Matches(text)) await LookAsync(Server, file, named.Groups["words"].Value);
            foreach (Match named in Hyphenated(groups).Matches(text)) await LookAsync(Server, file, named.Value);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(seen > 100, $"Only {seen} commands were found.");

        async Task LookAsync(string program, string file, string command)
        {
            seen++;
            var words = Words().Matches(command).Select(word => word.Value).ToList();
            var help = await HelpAsync(program, [.. words.TakeWhile(word => CommandWord().IsMatch(word))]);
            if (help.Path.Length == 0
                || (help.IsGroup && words.Count > help.Path.Split(' ').Length && !words[help.Path.Split(' ').Length].StartsWith('-')))
                wrong.Add($"{file}: {command}");
            foreach (var option in words.Where(word => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2)
                .Select(word => word.Split('=')[0]))
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
    public async Task Help_shows_which_words_are_a_command(string command, string path) =>
        Assert.Equal(path, (await HelpAsync(Server, command.Split(' '))).Path);

    /// <summary>What is shipped, shown or read: no test, no generated file, nothing of others.</summary>
    private static IEnumerable<string> Files() =>
        from folder in (string[])["src", "deploy", "."]
        from file in Directory.EnumerateFiles(Repository.File(folder), "*",
            folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".md" or ".resx" or ".cs" or ".cshtml" or ".yaml" or ".yml" or ".sh"
            || Path.GetFileName(file) is "Dockerfile"
        where !BuildOutput().IsMatch(file)
        select file;

    /// <summary>As the program itself says: the words that are a command, whether it only holds others, and its help.</summary>
    private static async Task<(string Path, bool IsGroup, string Text)> HelpAsync(string program, IReadOnlyList<string> words)
    {
        var key = $"{program} {string.Join(' ', words)}";
        if (Known.TryGetValue(key, out var known)) return known;

        string[] line = [.. words, "--help"];
        var help = (await (program == Kubeidp ? InProcess.KubeidpAsync(line) : InProcess.RunAsync(line))).Output.ReplaceLineEndings("\n");
        var usage = Usage().Match(help);
        return Known[key] = (usage.Groups["path"].Value.Trim(), usage.Groups["rest"].Value.Contains("[command]", StringComparison.Ordinal),
            help);
    }

    private static async Task<IReadOnlyList<string>> CommandsAsync(string program = Server)
    {
        var help = (await HelpAsync(program, [])).Text;
        var commands = Listed().Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split("\n\n")[0])
            .Select(listed => listed.Groups[1].Value).ToList();
        Assert.Contains("people", commands);
        return commands;
    }

    /// <summary>
    /// The namespace of the manifests, the program of the plans and the project have names of which none is this program's.
    /// </summary>
    private static Regex AnotherProgram(IEnumerable<string> commands) =>
        new($@"\b(kubeidp|KubeIdP\.Server) ({string.Join('|', commands)})\b");

    /// <summary>A command of the program for people's machines.</summary>
    private static Regex PeoplesProgram(IEnumerable<string> commands) =>
        new($@"(?<![\w./-])kubeidp (?<words>({string.Join('|', commands)})\b[^`”“""<\n#|;)&>]*)");

    /// <summary>A command without its program, as in "people reset-factors NAME".</summary>
    private static Regex Quoted(IEnumerable<string> groups) =>
        new($"(?<=[`“„]|<code>|\\\\\")(?<words>({string.Join('|', groups)}) [a-z][^`”“\"<\\n]*?)(?=[`”“]|</code>|\\\\\")");

    /// <summary>Two such words are a command, wherever they stand; kubectl has some as well.</summary>
    private static Regex Hyphenated(IEnumerable<string> groups) => new($@"(?<!kubectl )\b({string.Join('|', groups)}) [a-z]+(-[a-z]+)+\b");

    [GeneratedRegex("""(?:\bkubeidp-server|dotnet run --project src/KubeIdP\.Server --) (?<words>[a-z][^`”“"<\n#|;)&>]*)""")]
    private static partial Regex OurProgram();

    [GeneratedRegex(@"Usage:\n {2}\S+(?<path>(?: [a-z][a-z-]*)*)(?<rest>.*)")]
    private static partial Regex Usage();

    [GeneratedRegex(@"^ {2}([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"[^\s'""]+|'[^']*'|""[^""]*""")]
    private static partial Regex Words();

    [GeneratedRegex(@"^[a-z][a-z-]*$")]
    private static partial Regex CommandWord();

    [GeneratedRegex(@"/(bin|obj)/")]
    private static partial Regex BuildOutput();
}
