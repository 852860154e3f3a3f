using System.Collections;
using System.CommandLine;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tls;

namespace KubeIdP.Server.Commands;

/// <summary>Loads the configuration for a command, and the services that work without the web.</summary>
internal sealed class CommandContext(Option<FileInfo?> config, Option<string?> publicUrl) : IVerbHost
{
    /// <summary>
    /// The variable that names the configuration file where <c>--config</c> does not: what starts this program for somebody, as a script of
    /// the package for Debian does, then need not read their words.
    /// </summary>
    private const string ConfigVariable = "KUBEIDP_CONFIG";

    public bool NeedsReason => false;

    /// <summary>Where the configuration comes from, as text for people.</summary>
    public string SourceOf(ParseResult parsed) => NamedBy(parsed) ?? (File.Exists(SettingsLoader.DefaultFile)
        ? Path.GetFullPath(SettingsLoader.DefaultFile)
        : $"no {SettingsLoader.DefaultFile} in this folder: defaults and environment variables");

    /// <summary>The configuration file, spelled as in the source of its settings; null without one.</summary>
    public string? FileOf(ParseResult parsed) =>
        NamedBy(parsed) ?? (File.Exists(SettingsLoader.DefaultFile) ? SettingsLoader.DefaultFile : null);

    public SettingsAnswer Read(ParseResult parsed)
    {
        if (parsed.GetValue(config) is { } file
            && NamedFiles.ReadRefusal(file.FullName, "Put it where that account can read it, such as /etc/kubeidp.") is { } refusal)
            throw new CommandFault(refusal, ExitCode.Misused);

        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? string.Empty)).ToList();
        return SettingsLoader.Load(NamedBy(parsed), Environment.CurrentDirectory, environment, parsed.GetValue(publicUrl));
    }

    private string? NamedBy(ParseResult parsed) => parsed.GetValue(config)?.FullName
        ?? (Environment.GetEnvironmentVariable(ConfigVariable) is { Length: > 0 } file ? Path.GetFullPath(file) : null);

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

    public Task<int> AdministerAsync(ParseResult parsed, Func<IAdministration, Task<int>> action, CancellationToken ct) =>
        RunAsync(parsed, services => action(ActivatorUtilities.CreateInstance<DatabaseAdministration>(services)), ct);

    public Task<int> WithClustersAsync(ParseResult parsed, Func<IClusters, Task<int>> action, CancellationToken ct) =>
        WithConfiguredClustersAsync(parsed, action);

    /// <summary>Runs a command on the configured clusters and the server's certificate authority, without the database.</summary>
    public async Task<int> WithConfiguredClustersAsync(ParseResult parsed, Func<ConfiguredClusters, Task<int>> action)
    {
        if (Load(parsed) is not { } settings) return ExitCode.Misused;

        await using var services = new ServiceCollection()
            .AddSettings(settings)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<LocalAuthority>()
            .AddSingleton<OwnAuthority>()
            .AddSingleton<Kubeconfigs>()
            .BuildServiceProvider();
        return await action(ActivatorUtilities.CreateInstance<ConfiguredClusters>(services));
    }

    /// <summary>Runs a command on the database of this configuration, in a scope of its own.</summary>
    public Task<int> RunAsync(ParseResult parsed, Func<IServiceProvider, Task<int>> action, CancellationToken ct) =>
        RunAsync(parsed, next: null, action, ct);

    /// <summary>The same, but keys that are already wrapped by the next master key can be opened too.</summary>
    public async Task<int> RunAsync(ParseResult parsed, MasterKey? next, Func<IServiceProvider, Task<int>> action, CancellationToken ct)
    {
        if (Load(parsed) is not { } settings) return ExitCode.Misused;
        if (await StorageSetup.FindMissingAsync(settings.Database, settings.DataDirectory, ct) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return ExitCode.NotDone;
        }

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCommon(settings);
        services.AddSingleton(new NextMasterKey(next));
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<Database>().PrepareAsync(migrate: false, ct);
        await provider.UnlockAuditAsync(ct);
        await using var scope = provider.CreateAsyncScope();
        return await action(scope.ServiceProvider);
    }
}
