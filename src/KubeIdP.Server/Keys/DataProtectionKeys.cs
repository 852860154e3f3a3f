using System.Globalization;
using KubeIdP.Data.Storage;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace KubeIdP.Server.Keys;

/// <summary>
/// The data-protection ring, which seals codes, refresh tokens and cookies. Left to itself, each of several replicas that start on an empty database
/// makes a first key and learns of the others' a day later, so that one could not read what another has sealed.
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

    /// <summary>Makes the first key if there is none; of replicas that start at once one makes it and the others wait. Later ones announce themselves days ahead.</summary>
    public static async Task EnsureFirstAsync(IKeyManager ring, Database database, TimeProvider clock, CancellationToken ct)
    {
        if (ring.GetAllKeys().Count > 0) return;

        if (database.IsPostgres)
        {
            await using var connection = await database.OpenAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using var alone = database.Command(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({AdvisoryLocks.MakingSealingKeys})"));
            alone.Transaction = transaction;
            await alone.ExecuteNonQueryAsync(ct);
            CreateIfNone();
        }
        else
        {
            CreateIfNone();
        }

        void CreateIfNone()
        {
            if (ring.GetAllKeys().Count == 0) ring.CreateNewKey(clock.GetUtcNow(), clock.GetUtcNow() + Lifetime);
        }
    }
}
