using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Tests.Api;

/// <summary>A service's key, and the proofs that it signs (RFC 7523).</summary>
internal sealed class ServiceKey : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string PublicPem => key.ExportSubjectPublicKeyInfoPem() + "\n";

    public string PrivatePem => key.ExportPkcs8PrivateKeyPem() + "\n";

    public string Prove(
        string clientId, string audience, DateTimeOffset now, string? type = "JWT", string? id = null, TimeSpan? lifetime = null,
        string? subject = null, SigningCredentials? signing = null)
    {
        var claims = new Dictionary<string, object>();
        if (id != "") claims["jti"] = id ?? Guid.NewGuid().ToString("N");
        claims["sub"] = subject ?? clientId;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = clientId, Audience = audience, IssuedAt = now.UtcDateTime,
                Expires = (now + (lifetime ?? TimeSpan.FromMinutes(1))).UtcDateTime, TokenType = type, Claims = claims,
            SigningCredentials = signing ?? new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
        });
    }

    /// <summary>A proof with these claims as they stand there, beside those that it needs.</summary>
    public string ProveWith(string clientId, string audience, DateTimeOffset now, string claims,
        params (string Name, object Value)[] header) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            $$"""{"iss":"{{clientId}}","sub":"{{clientId}}","aud":"{{audience}}","jti":"{{Guid.NewGuid():N}}","""
            + (claims.Contains("\"exp\"", StringComparison.Ordinal) ? "" : $"\"exp\":{now.ToUnixTimeSeconds() + 60},") + claims + "}",
            new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
            header.ToDictionary(entry => entry.Name, entry => entry.Value));

    /// <summary>A proof of these claims and no others, also of such as no library writes.</summary>
    public string Prove(IReadOnlyDictionary<string, object> claims) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
        JsonSerializer.Serialize(claims), new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256));

    public void Dispose() => key.Dispose();
}
