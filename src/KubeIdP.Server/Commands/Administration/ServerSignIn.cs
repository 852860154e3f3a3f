using System.Security.Cryptography;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;
using Duende.IdentityModel.OidcClient;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>Gets a token for the API, which is not stored.</summary>
/// <param name="handler">How the server is called.</param>
internal sealed class ServerSignIn(string issuer, string clientId, HttpMessageHandler handler)
{
    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// With a browser on this machine (RFC 8252). A person who signed in there shortly before does not need to sign in again.
    /// </summary>
    public async Task<string> AsPersonAsync(CancellationToken ct)
    {
        using var browser = new LoopbackBrowser();
        var client = new OidcClient(new OidcClientOptions
        {
            Authority = issuer, ProviderInformation = await DiscoverAsync(ct), ClientId = clientId, Scope = $"openid {ApiScopes.Admin}",
                RedirectUri = browser.RedirectUri, Browser = browser, LoadProfile = false,
            HttpClientFactory = _ => new HttpClient(handler, disposeHandler: false),
        });

        // So that the login is recent enough during the whole lifetime of the token.
        var maxAge = AdminAccess.FreshFor - ApiScopes.TokenLifetime;
        var answer =
            await client.LoginAsync(
                new LoginRequest { FrontChannelExtraParameters =
                    new Parameters { { OidcConstants.AuthorizeRequest.MaxAge, $"{(int)maxAge.TotalSeconds}" } } }, ct);
        return answer.IsError
            ? throw new ServerFault($"{issuer} refused the sign-in: {answer.ErrorDescription ?? answer.Error}")
            : answer.AccessToken;
    }

    /// <summary>With a signed client assertion (RFC 7523).</summary>
    /// <param name="pem">The private key of the service client.</param>
    public async Task<string> AsServiceAsync(string pem, CancellationToken ct)
    {
        var provider = await DiscoverAsync(ct);
        using var http = new HttpClient(handler, disposeHandler: false);
        using var request = new ClientCredentialsTokenRequest
        {
            Address = provider.TokenEndpoint, ClientId = clientId, ClientCredentialStyle = ClientCredentialStyle.PostBody,
            ClientAssertion = { Type = OidcConstants.ClientAssertionTypes.JwtBearer, Value = AssertionBy(pem) },
        };
        var answer = await http.RequestClientCredentialsTokenAsync(request, ct);
        return answer.IsError
            ? throw new ServerFault($"{issuer} refused the client {clientId} with this key: {answer.ErrorDescription ?? answer.Error}")
            : answer.AccessToken!;
    }

    private async Task<ProviderInformation> DiscoverAsync(CancellationToken ct)
    {
        using var http = new HttpClient(handler, disposeHandler: false);
        var document = await http.GetDiscoveryDocumentAsync(issuer, ct);
        return document.IsError
            ? throw new ServerFault($"{issuer} can't be used as an issuer: {document.Error}")
            : new ProviderInformation { IssuerName = document.Issuer, AuthorizeEndpoint = document.AuthorizeEndpoint,
                TokenEndpoint = document.TokenEndpoint, KeySet = document.KeySet };
    }

    private string AssertionBy(string pem)
    {
        using var elliptic = ECDsa.Create();
        using var rsa = RSA.Create();
        var now = TimeProvider.System.GetUtcNow();
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = clientId, Audience = issuer, IssuedAt = now.UtcDateTime, Expires = (now + AssertionLifetime).UtcDateTime,
                TokenType = "client-authentication+jwt",
            Claims = new Dictionary<string, object> { [JwtClaimTypes.Subject] = clientId,
                [JwtClaimTypes.JwtId] = CryptoRandom.CreateUniqueId() }, SigningCredentials = CredentialsOf(pem, elliptic, rsa),
        });
    }

    private static SigningCredentials CredentialsOf(string pem, ECDsa elliptic, RSA rsa)
    {
        try
        {
            elliptic.ImportFromPem(pem);
            return new SigningCredentials(new ECDsaSecurityKey(elliptic),
                SecurityAlgorithms.EcdsaSha256) { CryptoProviderFactory = Uncached() };
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            // Not an elliptic curve key.
        }

        try
        {
            rsa.ImportFromPem(pem);
            return new SigningCredentials(new RsaSecurityKey(rsa),
                SecurityAlgorithms.RsaSsaPssSha256) { CryptoProviderFactory = Uncached() };
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new ServerFault($"--server-key contains no P-256 or RSA private key: {fault.Message}");
        }
    }

    // A cached signature provider would outlive the key.
    private static CryptoProviderFactory Uncached() => new() { CacheSignatureProviders = false };
}
