using System.CommandLine;
using System.Runtime.InteropServices;
using KubeIdP.Cli;
using KubeIdP.Cli.Terminal;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Hosting;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using KubeIdP.Server.Tls;
using KubeIdP.Server.Upstreams;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using OpenIddict.Server;

namespace KubeIdP.Server.Commands;

internal static class ServeCommand
{
    public const string Name = "serve";

    public static Command Create(CommandContext context)
    {
        var migrate =
            new Option<bool>(
                "--migrate") { Description =
                    "Migrate the database schema first. Only for a single replica; with several, run the command migrate once." };
        var command = new Command(Name, "Run the server (the default).") { migrate };
        command.SetAction((parsed, ct) => RunAsync(context, parsed, parsed.GetValue(migrate), ct));
        return command.With("serve", "serve --migrate --config /etc/kubeidp/kubeidp.yaml");
    }

    public static async Task<int> RunAsync(CommandContext context, ParseResult parsed, bool migrate, CancellationToken ct)
    {
        if (OpenFiles.Fault is { } fault) throw new StartFault(fault);
        if (context.Load(parsed) is not { } settings) return ExitCode.Misused;

        using var alone = StorageSetup.TakeServerLock(
            settings.Database, settings.DataDirectory,
            "Stop that server first, or set another dataDirectory for this one. Several servers for one issuer need PostgreSQL.");

        // About half of the start is JIT compilation for the database and half for the web: on two cores both can run at the same time.
        var storage = Task.Run(() => PrepareStorageAsync(settings, migrate, ct), ct);
        await using var app = Program.Build(settings);
        var start = new WaitingStart(app, () => ListenAsync(app, ct));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, app.Lifetime.ApplicationStopping);
        try
        {
            await start.RetryAsync(async stopping =>
            {
                // A failed task stays failed, so a retry needs a new one.
                if (storage.IsFaulted && start.IsListening)
                    storage = app.Services.GetRequiredService<Database>().PrepareAsync(migrate, stopping);
                await storage;
                await PrepareAsync(app, settings, stopping);
            }, stop.Token);

            // A server that can't listen must not print that it serves, nor hand out a link to itself.
            await start.ListenAsync();

            // Text for people goes only to a terminal. Log collectors may read both streams and expect one JSON object on each line.
            if (!Console.IsOutputRedirected || !Console.IsErrorRedirected)
                Welcome.Print(Console.IsOutputRedirected ? Console.Error : Console.Out, app.Services);
            if (Console.IsOutputRedirected) app.Logger.Serving(settings.Issuer, string.Join(", ", settings.Listen));
            await start.RetryAsync(stopping =>
                FirstAdministrator.PrepareAsync(app.Services, Console.IsOutputRedirected ? null : Console.Out, stopping), stop.Token);
            app.Services.GetRequiredService<StartupState>().Complete();
            app.Services.GetRequiredService<ServiceNotifier>().Ready($"Serves {settings.Issuer}");
        }
        catch (Exception cause) when (stop.IsCancellationRequested && cause is not StartFault)
        {
            // The server was asked to stop before the start was complete.
            if (!start.IsListening) return 0;
        }
        catch when (start.IsListening)
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }

        return await WaitForEndAsync(app, ct);
    }

    /// <summary>
    /// Waits until the server has stopped. The exit status is 0 only when a signal asked it to stop: a supervisor that restarts failed
    /// processes (<c>restart: on-failure</c>) must not take an unrequested stop for a success.
    /// </summary>
    internal static async Task<int> WaitForEndAsync(WebApplication app, CancellationToken ct)
    {
        var isAsked = false;
        PosixSignal[] signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];
        var registrations = signals.Select(signal => PosixSignalRegistration.Create(signal, _ => Volatile.Write(ref isAsked, true)))
            .ToList();
        try
        {
            await app.WaitForShutdownAsync(ct);
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }

        if (ct.IsCancellationRequested || Volatile.Read(ref isAsked)) return 0;

        app.Logger.StoppedUnrequested();
        return ExitCode.NotDone;
    }

    private static async Task ListenAsync(WebApplication app, CancellationToken ct)
    {
        // The start allocates memory that is not needed later: it is released before the first request.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            await app.StartAsync(ct);

            // Only a server that is listening creates or renews its certificate; see ServerCertificates.HandshakeOptions.
            if (app.Services.GetRequiredService<ListenUrls>().HasHttps) app.Services.GetRequiredService<ServerCertificates>();
        }
        catch (StartFault)
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        catch (Exception fault) when (ListenFault.Of(fault) is { } reason)
        {
            // Stop the hosted services that have already started, so that they do not report failures too.
            await app.StopAsync(CancellationToken.None);
            throw new StartFault($"The server can't listen: {reason}");
        }
    }

    private static async Task PrepareStorageAsync(Settings settings, bool migrate, CancellationToken ct)
    {
        await using var database = StorageSetup.Open(settings.Database, settings.DataDirectory, TimeProvider.System);
        await database.PrepareAsync(migrate, ct);
    }

    /// <summary>
    /// Finds all faults before the first request: master key, signing keys, the checks of OpenIddict. The schema must be up to date.
    /// </summary>
    public static async Task PrepareAsync(WebApplication app, Settings settings, CancellationToken ct)
    {
        app.Logger.WarnOfPlainText(settings.Upstreams);
        await app.Services.UnlockAuditAsync(ct);
        await LoadedConfiguration.RecordAsync(settings, app.Services.GetRequiredService<ConfigurationHistory>(), app.Logger, ct);
        if (await app.Services.GetRequiredService<KeyDiagnostics>()
            .FindFaultsAsync(app.Services.GetRequiredService<MasterKey>(), ct) is not [] and var faults)
            throw new StartFault(string.Join('\n', faults));

        await app.Services.GetRequiredService<SigningKeys>().LoadOrCreateAsync(ct);
        await DataProtectionKeys.EnsureFirstAsync(
            app.Services.GetRequiredService<IKeyManager>(), app.Services.GetRequiredService<DataProtectionKeyStore>(),
            app.Services.GetRequiredService<TimeProvider>(), ct);
        _ = app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue;
        await WarmUp.RunAsync(app.Services, ct);
        if (app.Services.GetRequiredService<Database>() is { IsPostgres: true } postgres)
            app.Logger.DatabaseReached(StorageSetup.DescribePath(postgres));
    }
}
