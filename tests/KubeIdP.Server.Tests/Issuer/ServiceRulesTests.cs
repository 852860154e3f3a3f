using System.Security.Cryptography;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Hosting;
using Xunit;

namespace KubeIdP.Server.Tests.Issuer;

/// <summary>What a service may be configured as.</summary>
public sealed class ServiceRulesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_service_has_keys_and_scopes()
    {
        Assert.Empty(FaultsOf(new() { Kind = ClientKind.Service, KeysFile = KeyFile(), Scopes = [ApiScopes.SessionsRead] }));
        Assert.Empty(FaultsOf(new() { Kind = ClientKind.Admin }));

        Assert.Equal(["clients.robot.keysFile", "clients.robot.scopes"], FaultsOf(new() { Kind = ClientKind.Service }));
        Assert.Equal(["clients.robot.scopes"],
            FaultsOf(new() { Kind = ClientKind.Service, KeysFile = KeyFile(), Scopes = ["everything"] }));
        Assert.Equal(["clients.robot.keysFile"],
            FaultsOf(new() { Kind = ClientKind.Service, KeysFile = folder.File("nothing.pem"), Scopes = [ApiScopes.AuditRead] }));
        Assert.Equal(["clients.robot"],
            FaultsOf(new() { Kind = ClientKind.Service, KeysFile = KeyFile(), Scopes = [ApiScopes.AuditRead], Consent = true }));
        Assert.Equal(["clients.robot"], FaultsOf(new() { Kind = ClientKind.Native, Scopes = [ApiScopes.AuditRead] }));
        Assert.Equal(["clients.robot.redirectUris[0]"],
            FaultsOf(new() { Kind = ClientKind.Admin, RedirectUris = ["https://app.example.test/callback"] }));
        Assert.Equal(["clients.robot.secretHash"], FaultsOf(new() { Kind = ClientKind.Admin, SecretHash = ClientSecret.HashOf("x") }));
    }

    [Fact]
    public void Keys_are_public_ones_that_are_strong_enough()
    {
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        using var weak = RSA.Create(1024);

        Assert.Equal(2,
            ServiceKeys.Load(Written(elliptic.ExportSubjectPublicKeyInfoPem() + "\n" + rsa.ExportSubjectPublicKeyInfoPem())).Keys.Count);
        Assert.All(ServiceKeys.Load(Written(rsa.ExportSubjectPublicKeyInfoPem())).Keys, key => Assert.False(key.HasPrivateKey));
        foreach (var text in (string[])[elliptic.ExportPkcs8PrivateKeyPem(), other.ExportSubjectPublicKeyInfoPem(),
            weak.ExportSubjectPublicKeyInfoPem(), "nothing", ""])
            Assert.ThrowsAny<CryptographicException>(() => ServiceKeys.Load(Written(text)));
    }

    private static IEnumerable<string> FaultsOf(ClientOptions client) =>
        ClientRules.Check(new Dictionary<string, ClientOptions> { ["robot"] = client }, []).Select(fault => fault.Place)
            .Order(StringComparer.Ordinal);

    private string KeyFile()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Written(key.ExportSubjectPublicKeyInfoPem());
    }

    private string Written(string text)
    {
        var name = $"{Guid.NewGuid():N}.pem";
        folder.Write(name, text);
        return folder.File(name);
    }
}
