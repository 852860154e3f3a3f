using System.Collections;
using System.CommandLine;
using System.Data.Common;
using System.Security.Cryptography;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Commands.Administration;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Commands;

/// <summary>
/// The verbs of <c>kubeidp-server</c>. Without one it serves. Exit status: 0 done, 1 not done (refused, not found), 2 wrong usage or configuration, 130 and 143 interrupted.
/// </summary>
internal static class CommandLine
{
    public const int NotDone = 1;
    public const int Misused = 2;

    /// <summary>A server drains for up to thirty seconds, and the host ends by itself.</summary>
    private static readonly TimeSpan ServerGrace = TimeSpan.FromSeconds(45);

    /// <summary>For a transaction that a verb is in the middle of.</summary>
    private static readonly TimeSpan VerbGrace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Exit status: that of the verb; 130 or 143 when Ctrl-C or SIGTERM ended it before it was done. A server that was asked to stop and has stopped is done.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        Languages.UseDefault();

        // Each is a line that is stored, compared or shown: a file's name, a person's, a reason.
        if (args.FirstOrDefault(arg => OutsideText.HiddenIn(arg) is not null) is { } hiding)
        {
            await Console.Error.WriteLineAsync($"The argument \"{OutsideText.Show(hiding)}\" {OutsideText.FaultOf(hiding)}. Type it anew.");
            return Misused;
        }

        // A name or a reason may begin with @, and means no file.
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
            var exitCode = await interruption.RunAsync(ct => parsed.InvokeAsync(configuration, ct), isServer ? ServerGrace : VerbGrace);
            return exitCode == 0 || isServer ? exitCode : interruption.ExitCode ?? exitCode;
        }
        catch (Exception fault) when (interruption.ExitCode is not null && (!isServer || fault is OperationCanceledException))
        {
            // What is cut short throws whatever it likes.
            return isServer ? 0 : interruption.ExitCode.Value;
        }
        catch (StartFault fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return Misused;
        }
        catch (CryptographicException fault)
        {
            await Console.Error.WriteLineAsync($"What is protected in the database can't be opened: {fault.Message} {KeyDiagnostics.Restore}");
            return NotDone;
        }
        catch (Exception fault) when (Outage.Is(fault))
        {
            await Console.Error.WriteLineAsync($"{Outage.Of(fault)}");
            return NotDone;
        }
        catch (Exception fault) when (fault.GetBaseException() is DbException error)
        {
            await Console.Error.WriteLineAsync($"The database refused a statement, for a reason of its own or by a bug of ours: {error.Message}");
            return NotDone;
        }
    }

    /// <summary>The table of all verbs and options.</summary>
    public static RootCommand Create()
    {
        var config = new Option<FileInfo?>("--config") { Description = "The configuration file; without it kubeidp.yaml in the current folder, if there is one.", Recursive = true };
        var publicUrl = new Option<string?>(PublicUrlSource.Option)
        {
            Description = "The issuer, in place of the configured one. With a name or address that other machines use, the server also listens to them.", Recursive = true,
        };
        var root = new RootCommand("KubeIdP, the identity provider for Kubernetes. Without a command it serves.") { config, publicUrl };
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
        UsageErrors.Guard(root);
        return root;
    }
}

/// <summary>Loads the configuration for a verb, and the services that work without the web.</summary>
internal sealed class CommandContext(Option<FileInfo?> config, Option<string?> publicUrl)
{
    /// <summary>For verbs that <see cref="AdministerAsync"/>.</summary>
    public ServerOptions Server { get; } = new();

    /// <summary>Where the configuration is read from, for people.</summary>
    public string SourceOf(ParseResult parsed) => parsed.GetValue(config)?.FullName ?? (File.Exists(SettingsLoader.DefaultFile)
        ? Path.GetFullPath(SettingsLoader.DefaultFile)
        : $"there is no {SettingsLoader.DefaultFile} in this folder, so it is the defaults, and what the environment says");

    /// <summary>The configuration file, as the place of each of its settings names it; null without one.</summary>
    public string? FileOf(ParseResult parsed) => parsed.GetValue(config)?.FullName ?? (File.Exists(SettingsLoader.DefaultFile) ? SettingsLoader.DefaultFile : null);

    public SettingsAnswer Read(ParseResult parsed)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? string.Empty)).ToList();
        return SettingsLoader.Load(parsed.GetValue(config)?.FullName, Environment.CurrentDirectory, environment, parsed.GetValue(publicUrl));
    }

    /// <summary>Null when the configuration is unusable; everything that is wrong with it has then been printed.</summary>
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

    /// <summary>Runs a verb over the API of the server that is named, or else on the database of this configuration.</summary>
    public Task<int> AdministerAsync(ParseResult parsed, Func<IAdministration, Task<int>> action, CancellationToken ct) => Server.IsGiven(parsed)
        ? Server.RunAsync(parsed, action, ct)
        : RunAsync(parsed, services => action(ActivatorUtilities.CreateInstance<DatabaseAdministration>(services)), ct);

    /// <summary>Runs a verb on the database of this configuration, in a scope of its own.</summary>
    public Task<int> RunAsync(ParseResult parsed, Func<IServiceProvider, Task<int>> action, CancellationToken ct) => RunAsync(parsed, next: null, action, ct);

    /// <summary>The same, also when what it needs has already been wrapped by the master key that is to follow the configured one.</summary>
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
