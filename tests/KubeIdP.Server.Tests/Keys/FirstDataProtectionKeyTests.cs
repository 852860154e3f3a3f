using KubeIdP.Data.Keys;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Processes;
using KubeIdP.Testing.Time;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Keys;

public sealed class FirstDataProtectionKeyTests
{
    private const int Replicas = 3;

    [Fact]
    public async Task Replicas_that_start_at_once_on_an_empty_PostgreSQL_have_one_key()
    {
        var ct = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var database = await TestDatabase.PostgresAsync(new FakeClock(), ct: ct);
        await using var issuer = await InMemoryIssuer.StartAsync(database, folder.Path, null, ct);
        var ring = issuer.Services.GetRequiredService<IKeyManager>();
        await using (var connection = await database.Database.OpenAsync(ct))
        await using (var forget = database.Database.Command(connection, "DELETE FROM data_protection_keys"))
            await forget.ExecuteNonQueryAsync(ct);
        var looks = new Looks();

        await Task.WhenAll(Enumerable.Range(0, Replicas)
            .Select(_ =>
                Task.Run(() =>
                    DataProtectionKeys.EnsureFirstAsync(new SlowRing(ring, looks),
                        new DataProtectionKeyStore(database.Database, database.AuditLog), database.Clock, ct), ct)));

        Assert.Single(ring.GetAllKeys());
    }

    /// <summary>How often all have looked together.</summary>
    private sealed class Looks
    {
        private int count;

        /// <summary>Until every replica has looked as often as this one, or long enough for those that are let.</summary>
        public void Meet(int times)
        {
            Interlocked.Increment(ref count);
            SpinWait.SpinUntil(() => Volatile.Read(ref count) >= times * Replicas, TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>What has been seen there is a moment old, as over a network.</summary>
    private sealed class SlowRing(IKeyManager ring, Looks looks) : IKeyManager
    {
        private int times;

        public IReadOnlyCollection<IKey> GetAllKeys()
        {
            var seen = ring.GetAllKeys();
            looks.Meet(++times);
            return seen;
        }

        public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate) =>
            ring.CreateNewKey(activationDate, expirationDate);

        public CancellationToken GetCacheExpirationToken() => ring.GetCacheExpirationToken();

        public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null) => throw new NotSupportedException();

        public void RevokeKey(Guid keyId, string? reason = null) => throw new NotSupportedException();
    }
}
