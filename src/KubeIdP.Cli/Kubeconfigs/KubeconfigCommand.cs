using System.CommandLine;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Kubeconfigs;

/// <summary>Prints the kubeconfig of clusters, writes it to a file, or merges it into one.</summary>
internal sealed class KubeconfigCommand
{
    private readonly Argument<string[]> names = new("CLUSTER")
    {
        Description = "The names of the clusters, as the configuration of the server has them.", Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<FileInfo?> file = new("--file")
    {
        Description = "Write to this file in place of standard output. It must not exist; only its owner will be able to read it.",
        HelpName = "file",
    };

    private readonly Option<bool> force = new("--force") { Description = "Replace the file of --file if it exists." };

    private readonly Option<FileInfo?> merge = new("--merge")
    {
        Description =
            "Merge into this kubeconfig; default: the first of KUBECONFIG, or ~/.kube/config. Everything else in it stays; a copy of it as "
            + "it was is stored beside it.",
        HelpName = "file", Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> use = new("--use")
    {
        Description = "With --merge: make the first cluster's context the current one. Default: only if the file has no current context.",
    };

    private readonly Option<string> output = OutputFormat.Option();

    private KubeconfigCommand()
    {
    }

    /// <param name="withText">Gets the kubeconfig of clusters by their names, and goes on with it. Returns the exit status.</param>
    /// <param name="words">The words of the command, for its examples.</param>
    /// <param name="commands">
    /// An option that prints something else in place of a kubeconfig, for one cluster: that of the current context. A context of each would
    /// be for the same API server, which would get the tokens for the others.
    /// </param>
    /// <param name="printCommands">Prints it, given the name of the cluster.</param>
    public static Command Create(
        Func<ParseResult, IReadOnlyList<string>, Func<string, Task<int>>, CancellationToken, Task<int>> withText, string words,
        Option? commands = null, Func<ParseResult, string, Task<int>>? printCommands = null)
    {
        var own = new KubeconfigCommand();
        var command = new Command("kubeconfig", "Print the kubeconfig of one or several clusters. It contains no secret.")
        {
            own.names, own.file, own.force, own.merge, own.use, own.output,
        };
        if (commands is not null) command.Add(commands);
        command.Validators.Add(given =>
        {
            var ways = new[] { own.file, own.merge, commands }.OfType<Option>()
                .Where(option => given.GetResult(option) is { Implicit: false }).ToList();
            if (ways.Count > 1) given.AddError($"Use only one of {string.Join(" and ", ways.Select(option => option.Name))}.");
            if (given.GetResult(own.merge) is { Tokens: [{ Value: var bare }] } && !IsPath(bare))
            {
                given.AddError($"--merge takes the path of a file, and {bare} looks like the name of a cluster. Put --merge last, or write "
                    + $"./{bare}.");
            }

            if (given.GetValue(own.use) && given.GetResult(own.merge) is null or { Implicit: true })
                given.AddError("--use is for --merge.");
            if (given.GetValue(own.force) && given.GetValue(own.file) is null) given.AddError("--force is for --file.");
            if (commands is not null && given.GetResult(commands) is { Implicit: false }
                && given.GetResult(own.names) is { Tokens.Count: > 1 })
            {
                given.AddError($"{commands.Name} is for one cluster: that of the current context.");
            }
        });
        command.SetAction(async (parsed, ct) =>
        {
            if (own.RefusalOf(parsed) is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return ExitCode.NotDone;
            }

            return await (commands is not null && parsed.GetResult(commands) is { Implicit: false }
                ? printCommands!(parsed, parsed.GetValue(own.names)![0])
                : withText(parsed, parsed.GetValue(own.names)!, text => own.RunAsync(text, parsed), ct));
        });
        return command.With($"{words} kubernetes", $"{words} kubernetes staging --merge", $"{words} kubernetes --merge ~/.kube/other");
    }

    private string? RefusalOf(ParseResult parsed) =>
        parsed.GetValue(file) is not null || parsed.GetResult(merge) is { Implicit: false }
            ? NamedFiles.Refusal("Leave out --file and --merge, and let your shell write the file: COMMAND > FILE. kubectl reads it beside "
                + "your own: export KUBECONFIG=~/.kube/config:FILE")
            : null;

    private async Task<int> RunAsync(string text, ParseResult parsed)
    {
        var (wanted, format) = (parsed.GetValue(names)!, parsed.GetValue(output));
        if (PathOf(parsed.GetValue(file)) is { } target) return await WriteAsync(target, text, parsed.GetValue(force), format);
        if (parsed.GetResult(merge) is { Implicit: false })
            return await MergeAsync(PathOf(parsed.GetValue(merge)) ?? OwnFile(), text, parsed.GetValue(use), format);

        if (OutputFormat.IsTable(format)) await Console.Out.WriteAsync(OutsideText.Show(text, TextKind.Lines));
        else await OutputFormat.WriteAsync(format, new JsonObject { ["kubeconfig"] = text }, wanted.Distinct(), text);
        return 0;
    }

    /// <summary>The name of the first cluster's context in a kubeconfig of this server.</summary>
    private static string NameOf(string kubeconfig) =>
        ((MergedKubeconfig.Changed)KubeconfigMerge.Merge(existing: null, kubeconfig, use: true)).CurrentContext;

    private static async Task<int> WriteAsync(string path, string text, bool replace, string? format)
    {
        try
        {
            new KubeconfigFile(path, TimeProvider.System).Write(text, replace);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Nothing was written to {path}. {fault.Message}");
            return ExitCode.NotDone;
        }

        await OutputFormat.WriteAsync(format, new JsonObject { ["file"] = path, ["kubeconfig"] = text }, [path], $"Written to {path}.");
        return 0;
    }

    private static async Task<int> MergeAsync(string path, string text, bool use, string? format)
    {
        MergedKubeconfig answer;
        string? backup;
        try
        {
            (answer, backup) = new KubeconfigFile(path, TimeProvider.System).Merge(text, use);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{path} was not changed. {fault.Message}");
            return ExitCode.NotDone;
        }

        if (answer is MergedKubeconfig.Refused(var reason))
        {
            await Console.Error.WriteLineAsync($"{path} was not changed, because it is not a kubeconfig that can be merged: {reason}");
            return ExitCode.NotDone;
        }

        var (changed, current) = answer is MergedKubeconfig.Changed(_, var next) ? (true, next)
            : (false, ((MergedKubeconfig.Unchanged)answer).CurrentContext);
        var added = OutsideText.Show(NameOf(text));
        var done = (changed, backup) switch
        {
            (false, _) => $"{path} already has all of it.",
            (true, null) => $"Written to {path}.",
            _ => $"Merged into {path}. As it was: {backup}",
        };
        await OutputFormat.WriteAsync(format,
            new JsonObject { ["file"] = path, ["changed"] = changed, ["backup"] = backup, ["currentContext"] = current }, [path],
            $"{done}\nCurrent context: {OutsideText.Show(current)}"
            + (OutsideText.Show(current) == added ? "" : $"\nTo use the new one: kubectl config use-context {added}"));
        if (IsUnread(path))
            await Console.Error.WriteLineAsync($"kubectl does not read {path}, because KUBECONFIG names other files.");
        return 0;
    }

    private static bool IsUnread(string path) =>
        Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } files
            && !files.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(file => Path.GetFullPath(file) == path);

    /// <summary>The file that kubectl itself changes.</summary>
    private static string OwnFile() =>
        (Environment.GetEnvironmentVariable("KUBECONFIG") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) is
            [var first, ..]
            ? Path.GetFullPath(first)
            : Path.Combine(HomeFolder.Find(), ".kube", "config");

    /// <summary>A name of a cluster is no path, unless there is such a file.</summary>
    private static bool IsPath(string text) => text.AsSpan().ContainsAny('/', '\\') || File.Exists(text);

    /// <summary>PowerShell and <c>--merge=~/…</c> leave the tilde to the program.</summary>
    private static string? PathOf(FileInfo? given) => given?.ToString() switch
    {
        null => null,
        ['~', '/' or '\\', .. var rest] => Path.Combine(HomeFolder.Find(), rest),
        _ => given.FullName,
    };
}
