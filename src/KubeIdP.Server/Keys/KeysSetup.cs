using System.Security.Cryptography;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Keys;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Runtime;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KubeIdP.Server.Keys;

/// <summary>
/// The master key, and what is in the database wrapped by it: signing keys, the keys of data protection, the key of the audit. Every verb needs them, with or
/// without the web.
/// </summary>
internal static class KeysSetup
{
    public static IServiceCollection AddKeys(this IServiceCollection services)
    {
        services.AddSingleton(provider => MasterKey.Load(provider.GetRequiredService<MasterKeyFile>().Path));
        services.AddSingleton<SigningKeyStore>().AddSingleton<DataProtectionKeyStore>();
        services.AddSingleton<AuditLog>().AddSingleton<AuditKeyStore>().AddSingleton<AuditCheckpointWriter>().AddSingleton<AuditVerifier>();
        services.AddSingleton<SigningKeys>().AddSingleton<WrappedKeyStore>().AddSingleton<MasterKeyChange>().AddSingleton<KeyDiagnostics>().AddSingleton<UnreadableSecrets>();

        services.AddDataProtection().SetApplicationName("KubeIdP");
        services.AddOptions<KeyManagementOptions>().Configure<DataProtectionKeyStore>((options, store) => options.XmlRepository = new DataProtectionKeyRepository(store));
        services.AddDataProtectionKeyWrapping();
        return services;
    }

    /// <summary>
    /// Reads the key by which facts are written, after making it, and the master key, where nothing was ever protected. Before it nothing can be done that has
    /// to be recorded. Throws <see cref="StartFault"/> when neither the master key nor <paramref name="next"/>, where one is to follow it, has wrapped it, and
    /// when one of the two is gone.
    /// </summary>
    public static async Task UnlockAuditAsync(this IServiceProvider services, MasterKey? next, CancellationToken ct)
    {
        await services.GetRequiredService<DatabaseClock>().ReadAsync(services.GetRequiredService<Database>(), ct);
        await services.GetRequiredService<KeyDiagnostics>().EnsureMasterKeyAsync(services.GetRequiredService<MasterKeyFile>(), ct);
        var master = services.GetRequiredService<MasterKey>();
        var wrapped = await services.GetRequiredService<AuditKeyStore>().ReadOrInsertAsync(() => master.Wrap(RandomNumberGenerator.GetBytes(AuditKey.Size), MasterKeyChange.AuditPurpose), ct)
            ?? throw new StartFault(KeyDiagnostics.AuditKeyLost);
        try
        {
            var holder = next?.HasWrapped(wrapped) == true ? next : master;
            services.GetRequiredService<Database>().AuditKey = new AuditKey(holder.Unwrap(wrapped, MasterKeyChange.AuditPurpose));
        }
        catch (CryptographicException fault)
        {
            throw new StartFault(KeyDiagnostics.Unreadable("The audit's key", fault));
        }
    }
}
