using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.SignIn;

/// <summary>
/// The access token of a service for the API, by its private key (RFC 7523 §2.2). It is not stored: the next one costs a signature.
/// </summary>
/// <param name="access">The issuer.</param>
/// <param name="clientId">Of the service.</param>
/// <param name="keyFile">Its private key (PEM).</param>
internal sealed class ServiceGrant(IssuerAccess access, string clientId, FileInfo keyFile)
{
    private string? token;

    /// <param name="refused">The token that the API has refused; null at first.</param>
    /// <param name="ct">Cancels the calls.</param>
    /// <exception cref="Outage">The server did not answer.</exception>
    /// <exception cref="CommandFault">The key can't be used, or the server refused it.</exception>
    public async Task<string> GetAsync(string? refused, CancellationToken ct)
    {
        if (token is not null && token != refused) return token;

        var assertion = ClientAssertion.Of(
            await File.ReadAllTextAsync(keyFile.FullName, ct), clientId, access.Issuer, access.Clock.GetUtcNow());
        var answer = await access.AskAsync(
            [
                new("grant_type", "client_credentials"), new("client_id", clientId),
                new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                new("client_assertion", assertion),
            ], ct);
        return token = answer switch
        {
            OAuthAnswer.Issued({ AccessToken: { Length: > 0 } issued }) => issued,
            OAuthAnswer.Refused refusal =>
                throw new CommandFault($"{access.Issuer} refused the client {clientId} with this key: {refusal.Sentence}"),
            _ => throw new CommandFault($"{access.Issuer} answered without an access token."),
        };
    }
}
