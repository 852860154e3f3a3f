using KubeIdP.Data.Audit;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Keys;

public abstract class DataProtectionKeysTests(ClassIssuer shared, bool postgres) : IssuerTests(shared, postgres)
{
    [Fact]
    public async Task Each_key_of_the_ring_is_in_the_audit_with_its_name_and_without_its_secret()
    {
        var ring = Issuer.Services.GetRequiredService<IKeyManager>();
        var now = Issuer.Clock.GetUtcNow();

        var key = ring.CreateNewKey(now, now.AddDays(90));

        var auditEvents = (await AuditAsync(AuditEventType.KeyCreated))
            .Where(row => row.Detail!.StartsWith("data protection ", StringComparison.Ordinal)).ToList();
        Assert.Equal(ring.GetAllKeys().Count, auditEvents.Count);
        Assert.Equal($"data protection key-{key.KeyId}", auditEvents[^1].Detail);
        Assert.Equal("server", auditEvents[^1].Actor);
    }
}

public sealed class DataProtectionKeysTestsOnSqlite(ClassIssuer shared) : DataProtectionKeysTests(shared, postgres: false);

public sealed class DataProtectionKeysTestsOnPostgres(ClassIssuer shared) : DataProtectionKeysTests(shared, postgres: true);
