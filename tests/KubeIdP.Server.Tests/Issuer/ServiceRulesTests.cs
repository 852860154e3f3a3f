using System.Security.Cryptography;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
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
    public void A_resource_server_is_another_client_that_can_authenticate()
    {
        var service = new ClientOptions { Kind = ClientKind.Service, KeysFile = KeyFile() };
        var web = new ClientOptions { Kind = ClientKind.Web, RedirectUris = ["https://app.example.test/callback"],
            SecretHash = ClientSecret.HashOf("x") };
        IReadOnlyList<string> FaultsWith(ClientOptions client, params string[] servers) =>
        [
            .. ClientRules.Check(new Dictionary<string, ClientOptions>
            {
                ["client"] = client with { ResourceServers = servers }, ["records"] = service, ["web"] = web,
                ["native"] = new() { Kind = ClientKind.Native }, ["using"] = web with { ResourceServers = ["records"] },
            }, []).Select(fault => fault.Place),
        ];

        foreach (var client in (ClientOptions[])[web, new() { Kind = ClientKind.Native },
            new() { Kind = ClientKind.Spa, RedirectUris = ["https://app.example.test/callback"] }])
        {
            Assert.Empty(FaultsWith(client));
            Assert.Empty(FaultsWith(client, "records", "web"));
            Assert.Equal(["clients.client.resourceServers[0]", "clients.client.resourceServers[2]", "clients.client.resourceServers[3]",
                "clients.client.resourceServers[4]"], FaultsWith(client, "client", "web", "web", "native", "kubernetes"));
        }

        Assert.Equal(["clients.client.resourceServers"], FaultsWith(new() { Kind = ClientKind.Admin }, "records"));
        Assert.Equal(["clients.client"], FaultsWith(service with { Scopes = [ApiScopes.AuditRead] }, "records"));
    }

    [Fact]
    public void A_service_without_scopes_is_a_resource_server() =>
        Assert.Equal(["clients.robot.scopes"], FaultsOf(new() { Kind = ClientKind.Service, KeysFile = KeyFile() }));

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
