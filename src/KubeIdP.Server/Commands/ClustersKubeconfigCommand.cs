using System.CommandLine;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Prints the kubeconfig of clusters, writes it to a file, or merges it into one; or prints the kubectl commands that add a user and a
/// context for a cluster whose address the configuration does not have.
/// </summary>
internal static class ClustersKubeconfigCommand
{
    public static Command Create(CommandContext context)
    {
        var names = new Argument<string[]>("CLIENT") { Description = "The client ids of the clusters, as the configuration names them.",
            Arity = ArgumentArity.OneOrMore };
        var file = new Option<FileInfo?>("--file") { Description =
            "Write to this file in place of standard output. It must not exist; only its owner will be able to read it.",
            HelpName = "file" };
        var force = new Option<bool>("--force") { Description = "Replace the file of --file if it exists." };
        var merge = new Option<FileInfo?>("--merge") { Description =
            "Merge into this kubeconfig, such as ~/.kube/config. Everything else in it stays; a copy of it as it was is stored beside it.",
            HelpName = "file" };
        var use = new Option<bool>("--use") { Description =
            "With --merge: make the first cluster's context the current one. Default: only if the file has no current context." };
        var shell = new Option<Shell?>("--shell") { Description =
            "bash or powershell: print the kubectl commands that add a user and a context for one cluster, that of the current context." };
        var output = OutputFormat.Option();
        var command = new Command("kubeconfig", "Print the kubeconfig of one or several clusters. It contains no secret.") { names, file,
            force, merge, use, shell, output };
        command.Validators.Add(given =>
        {
            var ways = new Option[] { file, merge, shell }.Where(option => given.GetResult(option) is { Implicit: false }).ToList();
            if (ways.Count > 1) given.AddError($"Use only one of {string.Join(" and ", ways.Select(option => option.Name))}.");
            if (given.GetValue(use) && given.GetValue(merge) is null) given.AddError("--use is for --merge.");

            // The context of each would be for the same API server, which would get the tokens for the others.
            if (given.GetResult(shell) is { Implicit: false } && given.GetResult(names) is { Tokens.Count: > 1 })
                given.AddError("--shell is for one cluster: that of the current context.");
            if (given.GetValue(force) && given.GetValue(file) is null) given.AddError("--force is for --file.");
        });
        command.SetAction(async (parsed, _) =>
        {
            var wanted = parsed.GetValue(names)!;
            if (parsed.GetValue(shell) is { } chosen) return await PrintCommandsAsync(context, parsed, wanted[0], chosen);

            var (text, exitCode) = await MakeAsync(context, parsed, wanted);
            if (text is null) return exitCode;

            var format = parsed.GetValue(output);
            if (PathOf(parsed.GetValue(file)) is { } target) return await WriteAsync(target, text, parsed.GetValue(force), format);
            if (PathOf(parsed.GetValue(merge)) is { } merged)
                return await MergeAsync(merged, wanted[0], text, parsed.GetValue(use), format);

            if (format == "json") await OutputFormat.WriteAsync(format, new { kubeconfig = text }, text);
            else await Console.Out.WriteAsync(text);
            return 0;
        });
        return command;
    }

    private static Task<int> PrintCommandsAsync(CommandContext context, ParseResult parsed, string name, Shell shell) =>
        ClustersCommand.WithClusterAsync(context, parsed, name, async cluster =>
        {
            await Console.Out.WriteLineAsync(cluster.Kubectl(shell));
            return 0;
        });

    /// <summary>The text; null with the exit code if there is none, and then the reason has been printed.</summary>
    private static async Task<(string? Text, int ExitCode)> MakeAsync(CommandContext context, ParseResult parsed, string[] names)
    {
        if (context.Load(parsed) is not { } settings) return (null, CommandLine.Misused);

        await using var services = ClustersCommand.ServicesOf(settings);
        var answer = services.GetRequiredService<Kubeconfigs>().For(names, services.GetRequiredService<OwnAuthority>().ReadPemForIssuer);
        if (answer is KubeconfigAnswer.Made(var text)) return (text, 0);

        var clusters = services.GetRequiredService<ClientCatalog>().Clusters.Select(cluster => cluster.Id.Value);
        await Console.Error.WriteLineAsync(answer switch
        {
            KubeconfigAnswer.WrongNumber => $"Name 1 to {Kubeconfig.MaxClusters} clusters.",
            KubeconfigAnswer.Unknown(var name) => ClustersCommand.NoCluster(name, clusters),
            KubeconfigAnswer.WithoutServer without =>
                $"{without.Advice} Until then: clusters kubeconfig {without.Name} --shell bash (or powershell)",
            KubeconfigAnswer.WithoutAuthority without => without.Advice,
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        });
        return (null, CommandLine.NotDone);
    }

    private static async Task<int> WriteAsync(string path, string text, bool replace, string? format)
    {
        try
        {
            new KubeconfigFile(path, TimeProvider.System).Write(text, replace);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Nothing was written to {path}. {fault.Message}");
            return CommandLine.NotDone;
        }

        await OutputFormat.WriteAsync(format, new { file = path, kubeconfig = text }, $"Written to {path}.");
        return 0;
    }

    private static async Task<int> MergeAsync(string path, string first, string text, bool use, string? format)
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
            return CommandLine.NotDone;
        }

        if (answer is MergedKubeconfig.Refused(var reason))
        {
            await Console.Error.WriteLineAsync($"{path} was not changed, because it is not a kubeconfig that can be merged: {reason}");
            return CommandLine.NotDone;
        }

        var (changed, current) = answer is MergedKubeconfig.Changed(_, var next) ? (true, next)
            : (false, ((MergedKubeconfig.Unchanged)answer).CurrentContext);
        var added = KubeconfigEntry.NameOf(first);
        var done = (changed, backup) switch
        {
            (false, _) => $"{path} already has all of it.",
            (true, null) => $"Written to {path}.",
            _ => $"Merged into {path}. As it was: {backup}",
        };
        await OutputFormat.WriteAsync(format, new { file = path, changed, backup, currentContext = current },
            $"{done}\nCurrent context: {current}"
            + (current == added ? "" : $"\nTo use the new one: kubectl config use-context {added}"));
        if (IsUnread(path))
            await Console.Error.WriteLineAsync($"kubectl does not read {path}, because KUBECONFIG names other files.");
        return 0;
    }

    private static bool IsUnread(string path) =>
        Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } files
            && !files.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(file => Path.GetFullPath(file) == path);

    /// <summary>PowerShell and <c>--merge=~/…</c> leave the tilde to the program.</summary>
    private static string? PathOf(FileInfo? given) => given?.ToString() switch
    {
        null => null,
        ['~', '/' or '\\', .. var rest] => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), rest),
        _ => given.FullName,
    };
}
