using KubeIdP.Data.Keys;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KubeIdP.Server.Keys;

/// <summary>
/// The data-protection key ring, which protects codes, refresh tokens and cookies. Left to itself, each of several replicas that start on an empty database
/// makes a first key and learns of the others' a day later, so that one could not read what another has protected.
/// </summary>
internal static class DataProtectionKeys
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    /// <summary>
    /// Takes out what would read the ring as soon as the server listens, which may be before there is a database, and make a first key beside
    /// <see cref="EnsureFirstAsync"/>. After everything else: each library that protects data registers it.
    /// </summary>
    public static void DontLoadDataProtectionKeysEarly(this IServiceCollection services)
    {
        foreach (var early in services.Where(service => service.ImplementationType?.Name == "DataProtectionHostedService").ToList()) services.Remove(early);
    }

    /// <summary>
    /// Makes the first key if there is none; of replicas that start at once one makes it and the others wait. Later ones announce themselves days ahead.
    /// </summary>
    public static async Task EnsureFirstAsync(IKeyManager ring, DataProtectionKeyStore store, TimeProvider clock, CancellationToken ct)
    {
        if (ring.GetAllKeys().Count > 0) return;

        await store.AloneAsync(() =>
        {
            if (ring.GetAllKeys().Count == 0) ring.CreateNewKey(clock.GetUtcNow(), clock.GetUtcNow() + Lifetime);
        }, ct);
    }
}
