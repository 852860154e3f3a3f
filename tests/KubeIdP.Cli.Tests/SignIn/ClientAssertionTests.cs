using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeIdP.Cli.SignIn;
using Xunit;

namespace KubeIdP.Cli.Tests.SignIn;

public sealed class ClientAssertionTests
{
    private const string Issuer = "https://idp.example.com";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Fact]
    public void A_key_on_P_256_signs_with_ES256()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var (header, claims, text, signature) = Read(ClientAssertion.Of(key.ExportECPrivateKeyPem(), "robot", Issuer, Now));

        Assert.Equal(("ES256", "client-authentication+jwt"),
            (header.GetProperty("alg").GetString(), header.GetProperty("typ").GetString()));
        Assert.True(key.VerifyData(text, signature, HashAlgorithmName.SHA256));
        Assert.Equal(("robot", "robot", Issuer),
            (claims.GetProperty("iss").GetString(), claims.GetProperty("sub").GetString(), claims.GetProperty("aud").GetString()));
        Assert.Equal((1_800_000_000, 1_800_000_060), (claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64()));
    }

    [Fact]
    public void An_RSA_key_signs_with_PS256()
    {
        using var key = RSA.Create(2048);

        var (header, _, text, signature) = Read(ClientAssertion.Of(key.ExportPkcs8PrivateKeyPem(), "robot", Issuer, Now));

        Assert.Equal("PS256", header.GetProperty("alg").GetString());
        Assert.True(key.VerifyData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
    }

    [Fact]
    public void No_two_assertions_have_the_same_id()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var ids = Enumerable.Range(0, 3).Select(_ => Read(ClientAssertion.Of(key.ExportECPrivateKeyPem(), "robot", Issuer, Now))
            .Claims.GetProperty("jti").GetString());

        Assert.Distinct(ids);
    }

    [Fact]
    public void What_is_no_private_key_that_can_be_used_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        foreach (var pem in (string[])["", "nothing", other.ExportECPrivateKeyPem(), key.ExportSubjectPublicKeyInfoPem()])
        {
            var fault = Assert.Throws<CommandFault>(() => ClientAssertion.Of(pem, "robot", Issuer, Now));
            Assert.Equal("--key contains no P-256 or RSA private key.", fault.Message);
        }
    }

    private static (JsonElement Header, JsonElement Claims, byte[] Text, byte[] Signature) Read(string assertion)
    {
        var parts = assertion.Split('.');
        Assert.Equal(3, parts.Length);
        return (JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement,
            JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement,
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]));
    }
}
