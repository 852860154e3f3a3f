using System.Collections;
using System.CommandLine;
using System.Data.Common;
using System.Security.Cryptography;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Commands.Administration;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Commands;

/// <summary>
/// The commands of <c>kubeidp-server</c>; the default is <c>serve</c>. Exit status: 0 done, 1 not done (refused, not found), 2 wrong usage
/// or configuration, 130 and 143 interrupted.
/// </summary>
internal static class CommandLine
{
    public const int NotDone = 1;
    public const int Misused = 2;

    /// <summary>A server drains for up to thirty seconds, then the host stops by itself.</summary>
    private static readonly TimeSpan ServerGrace = TimeSpan.FromSeconds(45);

    /// <summary>For a transaction that a command has begun.</summary>
    private static readonly TimeSpan CommandGrace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Exit status: that of the command; 130 or 143 when Ctrl-C or SIGTERM ended it before it was done. A server that stops on request
    /// returns 0.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        Languages.UseDefault();

        // Arguments are stored, compared or shown as one line of text: file names, user names, reasons.
        if (args.FirstOrDefault(arg => OutsideText.HiddenIn(arg) is not null) is { } hiding)
        {
            await Console.Error.WriteLineAsync(
                $"The argument \"{OutsideText.Show(hiding)}\" {OutsideText.FaultOf(hiding)}. Type it again.");
            return Misused;
        }

        // A name or a reason may begin with @, which must not be read as a response file.
        var parsed = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in UsageErrors.Of(parsed))
                await Console.Error.WriteLineAsync(error);
            await Console.Error.WriteLineAsync("Try --help.");
            return Misused;
        }

        var isServer = parsed.CommandResult.Command is RootCommand or { Name: ServeCommand.Name };
        using var interruption = new Interruption();
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            var exitCode = await interruption.RunAsync(ct => parsed.InvokeAsync(configuration, ct), isServer ? ServerGrace : CommandGrace);
            return exitCode == 0 || isServer ? exitCode : interruption.ExitCode ?? exitCode;
        }
        catch (Exception fault) when (interruption.ExitCode is not null && (!isServer || fault is OperationCanceledException))
        {
            // An interrupted command may throw any exception.
            return isServer ? 0 : interruption.ExitCode.Value;
        }
        catch (StartFault fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return Misused;
        }
        catch (CryptographicException fault)
        {
            await Console.Error.WriteLineAsync(
                $"What is protected in the database can't be opened: {fault.Message} {KeyDiagnostics.RestoreFix}");
            return NotDone;
        }
        catch (Exception fault) when (Outage.Is(fault))
        {
            await Console.Error.WriteLineAsync($"{Outage.Of(fault)}");
            return NotDone;
        }
        catch (Exception fault) when (fault.GetBaseException() is DbException error)
        {
            await Console.Error.WriteLineAsync(
                $"The database refused a statement. Either the database has a problem, or KubeIdP has a bug: {error.Message}");
            return NotDone;
        }
    }

    /// <summary>All commands and options.</summary>
    public static RootCommand Create()
    {
        var config =
            new Option<FileInfo?>(
                "--config") { Description = "The configuration file. Default: kubeidp.yaml in the current folder, if it exists.",
                Recursive = true };
        var publicUrl = new Option<string?>(PublicUrlSource.Option)
        {
            Description =
                "The issuer URL; replaces the configured one. With a host name or address that other machines can reach, the server also "
                + "listens on the network.", Recursive = true,
        };
        var root = new RootCommand("KubeIdP, the identity provider for Kubernetes. The default command is serve.") { config, publicUrl };
        var context = new CommandContext(config, publicUrl);

        root.Add(ServeCommand.Create(context));
        root.Add(CheckCommand.Create(context));
        root.Add(ConfigCommand.Create(context));
        root.Add(MigrateCommand.Create(context));
        root.Add(BackupCommand.Create(context));
        root.Add(RestoreCommand.Create(context));
        root.Add(PeopleCommand.Create(context));
        root.Add(SetupLinkCommand.Create(context));
        root.Add(UpstreamCommand.Create(context));
        root.Add(SessionsCommand.Create(context));
        root.Add(AuditCommand.Create(context));
        root.Add(ReportCommand.Create(context));
        root.Add(KeysCommand.Create(context));
        root.Add(ClientsCommand.Create());
        root.Add(ClustersCommand.Create(context));
        root.Add(VersionCommand.Create());
        root.SetAction((_, ct) => ServeCommand.RunAsync(context, _, migrate: false, ct));
        UsageErrors.AddValidators(root);
        return root;
    }
}

/// <summary>Loads the configuration for a command, and the services that work without the web.</summary>
internal sealed class CommandContext(Option<FileInfo?> config, Option<string?> publicUrl)
{
    /// <summary>For commands that call <see cref="AdministerAsync"/>.</summary>
    public ServerOptions Server { get; } = new();

    /// <summary>Where the configuration comes from, as text for people.</summary>
    public string SourceOf(ParseResult parsed) => parsed.GetValue(config)?.FullName ?? (File.Exists(SettingsLoader.DefaultFile)
        ? Path.GetFullPath(SettingsLoader.DefaultFile)
        : $"no {SettingsLoader.DefaultFile} in this folder: defaults and environment variables");

    /// <summary>The configuration file, spelled as in the source of its settings; null without one.</summary>
    public string? FileOf(ParseResult parsed) =>
        parsed.GetValue(config)?.FullName ?? (File.Exists(SettingsLoader.DefaultFile) ? SettingsLoader.DefaultFile : null);

    public SettingsAnswer Read(ParseResult parsed)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? string.Empty)).ToList();
        return SettingsLoader.Load(parsed.GetValue(config)?.FullName, Environment.CurrentDirectory, environment,
            parsed.GetValue(publicUrl));
    }

    /// <summary>Null when the configuration is invalid; all its errors have then been printed.</summary>
    public Settings? Load(ParseResult parsed)
    {
        switch (Read(parsed))
        {
            case SettingsAnswer.Usable usable:
                return usable.Settings;
            case SettingsAnswer.Unusable unusable:
                unusable.Faults.Print(Console.Error);
                return null;
            default:
                throw new InvalidOperationException("An answer of an unknown kind.");
        }
    }

    /// <summary>
    /// Runs a command through the API of the server given by <c>--server</c>, or else on the database of this configuration.
    /// </summary>
    public Task<int> AdministerAsync(ParseResult parsed, Func<IAdministration, Task<int>> action, CancellationToken ct) =>
        Server.IsGiven(parsed)
        ? Server.RunAsync(parsed, action, ct)
        : RunAsync(parsed, services => action(ActivatorUtilities.CreateInstance<DatabaseAdministration>(services)), ct);

    /// <summary>Runs a command on the database of this configuration, in a scope of its own.</summary>
    public Task<int> RunAsync(ParseResult parsed, Func<IServiceProvider, Task<int>> action, CancellationToken ct) =>
        RunAsync(parsed, next: null, action, ct);

    /// <summary>The same, but keys that are already wrapped by the next master key can be opened too.</summary>
    public async Task<int> RunAsync(ParseResult parsed, MasterKey? next, Func<IServiceProvider, Task<int>> action, CancellationToken ct)
    {
        if (Load(parsed) is not { } settings) return CommandLine.Misused;
        if (await StorageSetup.FindMissingAsync(settings.Database, settings.DataDirectory, ct) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return CommandLine.NotDone;
        }

        var services = new ServiceCollection();
        services.AddLogging().AddCommon(settings);
        services.AddSingleton(new NextMasterKey(next));
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<Database>().PrepareAsync(migrate: false, ct);
        await provider.UnlockAuditAsync(ct);
        await using var scope = provider.CreateAsyncScope();
        return await action(scope.ServiceProvider);
    }
}
