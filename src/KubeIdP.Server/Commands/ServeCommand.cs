using System.CommandLine;
using System.Runtime.InteropServices;
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
        var migrate = new Option<bool>("--migrate") { Description = "Make the database's schema current first. For a single replica; else run the verb migrate once." };
        var command = new Command(Name, "Run the server (the default).") { migrate };
        command.SetAction((parsed, ct) => RunAsync(context, parsed, parsed.GetValue(migrate), ct));
        return command;
    }

    public static async Task<int> RunAsync(CommandContext context, ParseResult parsed, bool migrate, CancellationToken ct)
    {
        if (OpenFiles.Fault is { } fault) throw new StartFault(fault);
        if (context.Load(parsed) is not { } settings) return CommandLine.Misused;

        using var alone = StorageSetup.TakeServerLock(
            settings.Database, settings.DataDirectory,
            "Stop that one first, or give this one a dataDirectory of its own; several servers for one issuer need PostgreSQL.");

        // Half of a start is compiling what the database needs and half what the web does: on two cores they need not wait for each other.
        var storage = Task.Run(() => PrepareStorageAsync(settings, migrate, ct), ct);
        await using var app = Program.Build(settings);
        var start = new WaitingStart(app, () => ListenAsync(app, ct));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, app.Lifetime.ApplicationStopping);
        try
        {
            await start.RetryAsync(async stopping =>
            {
                // A task that has failed fails for good.
                if (storage.IsFaulted && start.IsListening) storage = app.Services.GetRequiredService<Database>().PrepareAsync(migrate, stopping);
                await storage;
                await PrepareAsync(app, settings, stopping);
            }, stop.Token);

            // Whoever can't have its addresses must not say that it serves them, nor hand out a link to them.
            await start.ListenAsync();

            // Words for people are for a terminal; what is collected, and that may be both streams, holds one object on each line.
            if (!Console.IsOutputRedirected || !Console.IsErrorRedirected) Welcome.Print(Console.IsOutputRedirected ? Console.Error : Console.Out, app.Services);
            if (Console.IsOutputRedirected) app.Logger.Serving(settings.Issuer, string.Join(", ", settings.Listen));
            await start.RetryAsync(stopping => FirstAdministrator.PrepareAsync(app.Services, Console.IsOutputRedirected ? null : Console.Out, stopping), stop.Token);
            app.Services.GetRequiredService<StartGate>().Open();
        }
        catch (Exception cause) when (stop.IsCancellationRequested && cause is not StartFault)
        {
            // Asked to stop before the start was over.
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
    /// Waits until the server has stopped. The exit status is 0 only when somebody has asked for it, by a signal: a supervisor that starts again what has failed
    /// (<c>restart: on-failure</c>) must not take an end of its own accord for a success.
    /// </summary>
    internal static async Task<int> WaitForEndAsync(WebApplication app, CancellationToken ct)
    {
        var isAsked = false;
        PosixSignal[] signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];
        var registrations = signals.Select(signal => PosixSignalRegistration.Create(signal, _ => Volatile.Write(ref isAsked, true))).ToList();
        try
        {
            await app.WaitForShutdownAsync(ct);
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }

        if (ct.IsCancellationRequested || Volatile.Read(ref isAsked)) return 0;

        app.Logger.EndedUnasked();
        return CommandLine.NotDone;
    }

    private static async Task ListenAsync(WebApplication app, CancellationToken ct)
    {
        // A start makes more than a server keeps: what it leaves behind is given back before anybody is served.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            await app.StartAsync(ct);

            // Made or renewed only by a server that has its addresses; see ServerCertificates.HandshakeOptions.
            if (app.Services.GetRequiredService<ListenUrls>().HasHttps) app.Services.GetRequiredService<ServerCertificates>();
        }
        catch (StartFault)
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        catch (Exception fault) when (ListenFault.Of(fault) is { } reason)
        {
            // What has begun beside it ends in order, and not as if it had failed too.
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
    /// Everything that can be wrong is found before the first request: master key, signing keys, OpenIddict's own checks. The schema must be current.
    /// </summary>
    public static async Task PrepareAsync(WebApplication app, Settings settings, CancellationToken ct)
    {
        app.Logger.WarnOfPlainText(settings.Upstreams);
        await app.Services.UnlockAuditAsync(ct);
        await LoadedConfiguration.RecordAsync(settings, app.Services.GetRequiredService<ConfigurationHistory>(), app.Logger, ct);
        if (await app.Services.GetRequiredService<KeyDiagnostics>().FindFaultsAsync(app.Services.GetRequiredService<MasterKey>(), ct) is not [] and var faults)
            throw new StartFault(string.Join('\n', faults));

        await app.Services.GetRequiredService<SigningKeys>().LoadOrCreateAsync(ct);
        await DataProtectionKeys.EnsureFirstAsync(
            app.Services.GetRequiredService<IKeyManager>(), app.Services.GetRequiredService<DataProtectionKeyStore>(), app.Services.GetRequiredService<TimeProvider>(), ct);
        _ = app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue;
        await WarmUp.RunAsync(app.Services, ct);
        if (app.Services.GetRequiredService<Database>() is { IsPostgres: true } postgres) app.Logger.DatabaseReached(StorageSetup.DescribePath(postgres));
    }
}
