using System.CommandLine;
using System.Text.RegularExpressions;
using KubeIdP.Cli.Terminal;
using KubeIdP.Server.Commands;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;
using ExitCode = KubeIdP.Cli.ExitCode;

namespace KubeIdP.Server.Tests.Commands;

/// <summary>All commands of both programs with all their options and arguments, as they list them: a new one is among them.</summary>
public sealed partial class EveryCommandTests : IAsyncLifetime
{
    private const string AnyText = "no-such-folder/'\"%_;{0}`💥";

    private const string HiddenText = "no-such-folder/\u202e\u0007\ufffe";

    private static readonly string[] NoFile = ["", "@no-such-folder/file", AnyText, HiddenText, new('x', 5000)];

    private static readonly string[] NoValue = ["abc", "-1", "1.5", "99999999999999999999", "7", "2027-13-45", "", " ",
        "@no-such-folder/file", AnyText, HiddenText];

    /// <summary>For commands that refuse to be called with their arguments alone.</summary>
    private static readonly Dictionary<string, string[]> Needed = new()
    {
        ["people set-groups"] = ["--none"],
        ["people set-display-name"] = ["--none"],
        ["sessions revoke"] = ["--all", "--yes"],
        ["keys rewrap"] = ["--to", "KEY"],
    };

    /// <summary>They need no database, or make it.</summary>
    private static readonly string[] WithoutDatabase =
    [
        "", "serve", "migrate", "restore", "check", "config show", "config reference", "clients secret", "clusters kubeconfig",
        "clusters flags", "clusters authentication-config", "clusters list", "clusters show", "clusters instructions",
        "clusters token-review", "version", "completion", "complete",
    ];

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>By their words; the last one is what runs.</summary>
    public static TheoryData<string> Commands => [.. All(CommandLine.Create(), "").Select(one => one.Words)];

    /// <summary>Those of kubeidp.</summary>
    public static TheoryData<string> KubeidpCommands => [.. All(Cli.CommandLine.Create(), "").Select(one => one.Words)];

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(folder.File("next.key"), Convert.ToBase64String(new byte[32]), Ct);
        FileModes.Set(folder.File("next.key"), FileModes.OwnerOnly);
        folder.Write("kubeidp.yaml",
            $"dataDirectory: {folder.File("data")}\nissuer: https://idp.example.test\nlisten: [\"https://localhost:{Ports.Free()}\"]\n");
        await PreparedData.CopyToAsync(folder.File("data"));
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public Task Garbage_in_any_option_or_argument_is_answered_without_a_stack_trace(string words) =>
        AssertGarbageIsAnsweredAsync(CommandLine.Create(), words,
            line => InProcess.RunAsync([.. line, .. line.Contains("--config") ? (string[])[] : ["--config", folder.File("kubeidp.yaml")]]));

    [Theory]
    [MemberData(nameof(KubeidpCommands))]
    public Task Garbage_is_answered_without_a_stack_trace_in_kubeidp_too(string words) =>
        AssertGarbageIsAnsweredAsync(Cli.CommandLine.Create(), words, InProcess.KubeidpAsync);

    [Fact]
    public void Every_command_has_examples_which_are_right()
    {
        foreach (var (root, words, command) in ((RootCommand[])[CommandLine.Create(), Cli.CommandLine.Create()])
            .SelectMany(root => Every(root, "").Select(one => (root, one.Words, one.Command))))
        {
            var examples = Examples.Of(command);
            Assert.True(examples.Count > 0, $"{words} has no example");
            foreach (var example in examples)
            {
                var line = Redirection().Replace(example, "");
                var parsed = root.Parse(line, new ParserConfiguration { ResponseFileTokenReplacer = null });

                // Files of other machines can't be there.
                var errors = parsed.Errors.Where(error => !error.Message.StartsWith("File does not exist", StringComparison.Ordinal));
                Assert.True(!errors.Any(), $"{words}: {example}: {string.Join(' ', errors)}");
                Assert.StartsWith(words, line, StringComparison.Ordinal);
            }
        }
    }

    // As with the package, where commands of root run under the account of the server.
    [Fact]
    public async Task No_command_writes_a_file_under_another_account_than_that_of_whoever_names_it()
    {
        string[] readers = ["audit verify --export", "keys rewrap --to", "restore FILE"];
        (string Words, Command Command, string? Name)[] writers =
        [
            .. from one in Every(CommandLine.Create(), "")
               from name in one.Command.Options.Where(option => IsFile(option.ValueType) && option.Name != "--config")
                   .Select(option => option.Name)
                   .Concat(one.Command.Arguments.Where(argument => IsFile(argument.ValueType)).Select(argument => argument.Name))
               where !readers.Contains($"{one.Words} {name}")
               select (one.Words, one.Command, name.StartsWith('-') ? name : null),
        ];
        await using var issuer = new IssuerProcess($"issuer: https://localhost:{Ports.Free()}\n",
            new Dictionary<string, string> { ["KUBEIDP_PRINT_ONLY"] = "1" });
        await PreparedData.CopyToAsync(issuer.DataDirectory);
        var before = Directory.GetFileSystemEntries(issuer.Folder).Order().ToList();

        Assert.True(writers.Length > 10, $"Only {writers.Length} were found.");
        foreach (var some in writers.Chunk(4))
        {
            var outcomes = await Task.WhenAll(some.Select(one => issuer.RunAsync(
                [.. one.Words.Split(' '), .. NeededBy(one.Words), .. ArgumentsOf(one.Command),
                    .. one.Name is { } option ? (string[])[option, Path.Combine(issuer.Folder, "file")] : []], "x\n", Ct)));
            Assert.All(outcomes, outcome => Assert.True(
                outcome is { ExitCode: ExitCode.NotDone, Output: "" }
                && outcome.Error.StartsWith("Nothing was done. This command runs under the account of", StringComparison.Ordinal),
                $"{outcome}"));
        }

        Assert.Equal(before, Directory.GetFileSystemEntries(issuer.Folder).Order().ToList());

        static bool IsFile(Type type) => type == typeof(FileInfo) || type == typeof(FileInfo[]);
    }

    private async Task AssertGarbageIsAnsweredAsync(RootCommand root, string words, Func<string[], Task<Outcome>> run)
    {
        var (_, command, options) = All(root, "").Single(one => one.Words == words);
        var arguments = ArgumentsOf(command);
        var before = Directory.GetFileSystemEntries(folder.Path).Order().ToList();

        foreach (var option in options)
        {
            foreach (var garbage in GarbageFor(option.ValueType))
                await AssertAnsweredAsync(run, words, [.. arguments, .. NeededBy(words), option.Name, garbage]);
            await AssertAnsweredAsync(run, words, [.. arguments, option.Name, AnyText, option.Name, AnyText]);
            if (option.ValueType != typeof(bool)) await AssertAnsweredAsync(run, words, [.. arguments, option.Name]);
        }

        for (var i = 0; i < arguments.Count; i++)
        foreach (var garbage in GarbageFor(command.Arguments[i].ValueType).Where(garbage => !garbage.StartsWith('-')))
            await AssertAnsweredAsync(run, words, [.. arguments.Take(i), garbage, .. arguments.Skip(i + 1), .. NeededBy(words)]);

        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Path).Order().ToList());
    }

    // In the wrong folder it would find nobody, or add somebody to a database of its own.
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Where_there_is_no_database_only_a_server_and_the_command_migrate_make_one(string words)
    {
        if (WithoutDatabase.Contains(words)) return;

        var nowhere = folder.File("nowhere");
        folder.Write("nowhere.yaml", $"dataDirectory: {nowhere}\nissuer: https://idp.example.test\n");
        var arguments = ArgumentsOf(All(CommandLine.Create(), "").Single(one => one.Words == words).Command);

        foreach (var existing in (byte[]?[])[null, []])
        {
            if (existing is not null)
            {
                Directory.CreateDirectory(nowhere);
                await File.WriteAllBytesAsync(Path.Combine(nowhere, "kubeidp.db"), existing, Ct);
            }

            var outcome =
                await InProcess.RunAsync([.. words.Split(' '), .. arguments, .. NeededBy(words), "--config", folder.File("nowhere.yaml")]);

            Assert.Equal((ExitCode.NotDone, ""), (outcome.ExitCode, outcome.Output));
            Assert.StartsWith($"There is no database {nowhere}/kubeidp.db", outcome.Error, StringComparison.Ordinal);
            Assert.Equal(existing is not null, Directory.Exists(nowhere));
            Assert.False(File.Exists(Path.Combine(nowhere, "master.key"))
                || (existing is not null && new FileInfo(Path.Combine(nowhere, "kubeidp.db")).Length > 0));
        }
    }

    private static async Task AssertAnsweredAsync(Func<string[], Task<Outcome>> run, string words, string[] line)
    {
        var outcome = await run([.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. line]);

        var shown = string.Join(' ', line.Select(word => word.Length > 100 ? word[..100] : word));
        var said = $"{words} {shown}: {outcome.ExitCode} {outcome.Error}";
        Assert.True(outcome.ExitCode is 0 or ExitCode.NotDone or ExitCode.Misused, said);
        Assert.True(outcome.ExitCode == 0 || outcome.Error.Length > 0 || outcome.Output.Length > 0, said);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>A file must not come about where the tests run.</summary>
    private static string[] GarbageFor(Type type) =>
        type == typeof(string) || type == typeof(string[])
            ? [AnyText, HiddenText]
            : type == typeof(FileInfo) || type == typeof(FileInfo[]) ? NoFile : NoValue;

    private List<string> ArgumentsOf(Command command) =>
        [.. command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).Select(argument =>
            argument.ValueType == typeof(FileInfo)
                ? folder.File("no-such-folder/file")
                : argument.Name == "JTI" ? "0123456789abcdef.1.abcd" : "nobody")];

    private string[] NeededBy(string words) =>
        Needed.TryGetValue(words, out var needed) ? [.. needed.Select(word => word == "KEY" ? folder.File("next.key") : word)] : [];

    private static IEnumerable<(string Words, Command Command)> Every(Command command, string words) => command.Subcommands
        .SelectMany(one => Every(one, $"{words} {one.Name}".Trim())).Prepend((words, command));

    // What the shell does with an example.
    [GeneratedRegex(@" (>>?|<) .*$")]
    private static partial Regex Redirection();

    /// <summary>Every command that does something, with the options that it has and those that all below its parents have.</summary>
    private static IEnumerable<(string Words, Command Command, IReadOnlyList<Option> Options)> All(Command command, string words,
        params IReadOnlyList<Option> inherited)
    {
        IReadOnlyList<Option> own = [.. command.Options.Where(option => option.Name is not ("--help" or "--version")),
            .. inherited.Except(command.Options)];
        if (command.Action is not null) yield return (words, command, own);

        foreach (var subcommand in command.Subcommands)
        foreach (var found in All(subcommand, $"{words} {subcommand.Name}".Trim(), [.. own.Where(option => option.Recursive)]))
            yield return found;
    }
}
