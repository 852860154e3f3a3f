using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KubeIdP.Server.Keys;

/// <summary>
/// The master key, and the keys in the database that it wraps: signing keys, data-protection keys and the audit key. Every command needs
/// them, with or without the web server.
/// </summary>
internal static class KeysSetup
{
    public static IServiceCollection AddKeys(this IServiceCollection services)
    {
        services.AddSingleton(provider => MasterKey.Load(provider.GetRequiredService<MasterKeyFile>().Path));
        services.AddSingleton<SigningKeyStore>();
        services.AddSingleton<DataProtectionKeyStore>();
        services.AddSingleton(new NextMasterKey(null));
        services.AddSingleton<AuditKeyStore>();
        services.AddSingleton<AuditKeys>();
        services.AddSingleton(provider => new AuditKeySource(ct => provider.GetRequiredService<AuditKeys>().ReadAsync(ct)));
        services.AddSingleton<AuditLog>();
        services.AddSingleton<ConfigurationHistory>();
        services.AddSingleton<AuditCheckpointWriter>();
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<WrappedKeyStore>();
        services.AddSingleton<MasterKeyChange>();
        services.AddSingleton<KeyDiagnostics>();
        services.AddSingleton<UnreadableSecrets>();

        services.AddDataProtection().SetApplicationName("KubeIdP");
        services.AddOptions<KeyManagementOptions>()
            .Configure<DataProtectionKeyStore>((options, store) => options.XmlRepository = new DataProtectionKeyRepository(store));
        services.AddDataProtectionKeyWrapping();
        return services;
    }

    /// <summary>
    /// Reads the database's clock and then the audit key, without which nothing can be recorded. If nothing was ever protected, creates the
    /// master key and the audit key.
    /// </summary>
    /// <exception cref="StartFault">The audit key is missing or can't be unwrapped, or the master key is missing.</exception>
    public static async Task UnlockAuditAsync(this IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<DatabaseClock>().ReadAsync(services.GetRequiredService<Database>(), ct);
        await services.GetRequiredService<KeyDiagnostics>().EnsureMasterKeyAsync(services.GetRequiredService<MasterKeyFile>(), ct);
        await services.GetRequiredService<AuditKeySource>().GetAsync(ct);
    }
}
