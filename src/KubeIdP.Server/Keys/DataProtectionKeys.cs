using KubeIdP.Data.Keys;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KubeIdP.Server.Keys;

/// <summary>
/// The data-protection key ring, which protects codes, refresh tokens and cookies. By default, each of several replicas that start on an
/// empty database would create a first key and learn of the others' keys a day later, so that one could not decrypt what another has
/// protected.
/// </summary>
internal static class DataProtectionKeys
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    /// <summary>
    /// Removes the service that reads the ring as soon as the server listens, which may be before the database exists, and would create a
    /// first key in addition to <see cref="EnsureFirstAsync"/>. Call it after everything else, because each library that protects data
    /// registers that service.
    /// </summary>
    public static void DontLoadDataProtectionKeysEarly(this IServiceCollection services)
    {
        foreach (var early in services.Where(service => service.ImplementationType?.Name == "DataProtectionHostedService").ToList())
            services.Remove(early);
    }

    /// <summary>
    /// Creates the first key if there is none; of several replicas that start at once, one creates it and the others wait. Later keys are
    /// published days before they are used.
    /// </summary>
    public static async Task EnsureFirstAsync(IKeyManager ring, DataProtectionKeyStore store, TimeProvider clock, CancellationToken ct)
    {
        if (ring.GetAllKeys().Count > 0) return;

        await store.RunExclusivelyAsync(() =>
        {
            if (ring.GetAllKeys().Count == 0) ring.CreateNewKey(clock.GetUtcNow(), clock.GetUtcNow() + Lifetime);
        }, ct);
    }
}
