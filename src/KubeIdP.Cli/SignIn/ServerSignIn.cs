using Duende.IdentityModel;
using Duende.IdentityModel.Client;
using Duende.IdentityModel.OidcClient;

namespace KubeIdP.Cli.SignIn;

/// <summary>Gets a token for the API, which is not stored.</summary>
/// <param name="issuer">Without a slash at its end.</param>
/// <param name="handler">How the server is called.</param>
internal sealed class ServerSignIn(string issuer, HttpMessageHandler handler)
{
    /// <summary>The client of people, which every server has.</summary>
    private const string PeopleClient = "kubeidp";

    private const string AdminScope = "admin";

    // The API wants a factor that is at most 15 minutes old, and a token lives for 5: so it is recent enough until the token expires.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    /// <summary>
    /// With a browser on this machine (RFC 8252). A person who signed in there shortly before does not need to sign in again.
    /// </summary>
    public async Task<string> AsPersonAsync(CancellationToken ct)
    {
        using var browser = new LoopbackBrowser();
        var client = new OidcClient(new OidcClientOptions
        {
            Authority = issuer, ProviderInformation = await DiscoverAsync(ct), ClientId = PeopleClient, Scope = $"openid {AdminScope}",
            RedirectUri = browser.RedirectUri, Browser = browser, LoadProfile = false,
            HttpClientFactory = _ => new HttpClient(handler, disposeHandler: false),
        });
        var request = new LoginRequest
        {
            FrontChannelExtraParameters = new Parameters { { OidcConstants.AuthorizeRequest.MaxAge, $"{(int)MaxAge.TotalSeconds}" } },
        };
        var answer = await client.LoginAsync(request, ct);
        return answer.IsError
            ? throw new CommandFault($"{issuer} refused the sign-in: {answer.ErrorDescription ?? answer.Error}")
            : answer.AccessToken;
    }

    /// <summary>With a signed client assertion (RFC 7523).</summary>
    /// <param name="clientId">Of the service.</param>
    /// <param name="pem">Its private key.</param>
    /// <param name="ct">Cancels the calls.</param>
    public async Task<string> AsServiceAsync(string clientId, string pem, CancellationToken ct)
    {
        var provider = await DiscoverAsync(ct);
        using var http = new HttpClient(handler, disposeHandler: false);
        using var request = new ClientCredentialsTokenRequest
        {
            Address = provider.TokenEndpoint, ClientId = clientId, ClientCredentialStyle = ClientCredentialStyle.PostBody,
            ClientAssertion =
            {
                Type = OidcConstants.ClientAssertionTypes.JwtBearer,
                Value = SignIn.ClientAssertion.Of(pem, clientId, issuer, TimeProvider.System.GetUtcNow()),
            },
        };
        var answer = await http.RequestClientCredentialsTokenAsync(request, ct);
        return answer.IsError
            ? throw new CommandFault($"{issuer} refused the client {clientId} with this key: {answer.ErrorDescription ?? answer.Error}")
            : answer.AccessToken!;
    }

    private async Task<ProviderInformation> DiscoverAsync(CancellationToken ct)
    {
        using var http = new HttpClient(handler, disposeHandler: false);
        var document = await http.GetDiscoveryDocumentAsync(issuer, ct);
        return document.IsError
            ? throw new CommandFault($"{issuer} can't be used as an issuer: {document.Error}")
            : new ProviderInformation { IssuerName = document.Issuer, AuthorizeEndpoint = document.AuthorizeEndpoint,
                TokenEndpoint = document.TokenEndpoint, KeySet = document.KeySet };
    }
}
