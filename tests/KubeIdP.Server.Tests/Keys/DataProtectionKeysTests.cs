using KubeIdP.Data.Audit;
using KubeIdP.Server.Tests.Issuer;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Keys;

public abstract class SealingKeysTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    [Fact]
    public async Task Each_key_of_the_ring_is_in_the_audit_with_its_name_and_without_its_secret()
    {
        var ring = Issuer.Services.GetRequiredService<IKeyManager>();
        var now = Issuer.Clock.GetUtcNow();

        var key = ring.CreateNewKey(now, now.AddDays(90));

        var facts = (await AuditAsync(AuditEventType.KeyCreated)).Where(row => row.Detail!.StartsWith("data protection ", StringComparison.Ordinal)).ToList();
        Assert.Equal(ring.GetAllKeys().Count, facts.Count);
        Assert.Equal($"data protection key-{key.KeyId}", facts[^1].Detail);
        Assert.Equal("server", facts[^1].Actor);
    }
}

public sealed class SealingKeysTestsOnSqlite(ClassIssuer shared) : SealingKeysTests(shared, postgres: false);

public sealed class SealingKeysTestsOnPostgres(ClassIssuer shared) : SealingKeysTests(shared, postgres: true);
