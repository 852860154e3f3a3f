using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using Microsoft.IdentityModel.JsonWebTokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Tokens;

/// <summary>What tokens say. The only place that writes a claim about a person, so the only place that has to keep names out.</summary>
internal static class TokenClaims
{
    /// <summary>Inside sealed codes and tokens: which grant, which generation of it.</summary>
    public const string Grant = "grant";
    public const string Generation = "gen";

    public const string SessionId = "sid";
    public const string Groups = "groups";

    public static readonly string[] Supported =
    [
        Claims.Audience, Claims.ExpiresAt, Claims.IssuedAt, Claims.Issuer, Claims.JwtId, Claims.Subject, SessionId, Claims.AuthenticationTime,
        Claims.AuthenticationMethodReference, Claims.AuthenticationContextReference, Claims.Nonce, Claims.PreferredUsername, Claims.Name,
        Claims.Email, Claims.EmailVerified, Groups,
    ];

    /// <summary>Adds who the person is and how the session came about to an ID token.</summary>
    public static void Describe(ClaimsIdentity token, IssuedSubject.Person issued)
    {
        var grant = issued.Grant;
        var methods = AuthenticationMethods.Parse(grant.Amr);
        token.AddClaim(new Claim(Claims.JwtId, NewTokenId(grant.GrantId, issued.Generation)));
        token.AddClaim(new Claim(SessionId, grant.SessionId));
        token.AddClaim(new Claim(Claims.AuthenticationTime, grant.AuthTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64));
        token.AddClaim(JsonArray(Claims.AuthenticationMethodReference, [.. methods.Amr]));
        if (methods.Acr is { } acr) token.AddClaim(new Claim(Claims.AuthenticationContextReference, acr));
        if (issued.Nonce is { } nonce) token.AddClaim(new Claim(Claims.Nonce, nonce));

        foreach (var (name, value) in PersonClaims(grant.Person, issued.Client, issued.Scopes))
            token.AddClaim(ToClaim(name, value));
    }

    /// <summary>The claims about a person that this client may see, by scope (OpenID Connect Core §5.4); a cluster sees all of them.</summary>
    /// <remarks>A name that Kubernetes reserves never reaches a token, whatever a directory says; an API server may take any of these for the user.</remarks>
    public static IEnumerable<(string Name, object Value)> PersonClaims(PersonSnapshot person, Client client, ImmutableArray<string> scopes)
    {
        if (client.GetsEverything || scopes.Contains(Scopes.Profile))
        {
            yield return (Claims.PreferredUsername, person.Username);
            if (person.DisplayName is { } name && TokenName.IsAllowed(name)) yield return (Claims.Name, name);
        }

        if ((client.GetsEverything || scopes.Contains(Scopes.Email)) && person.Email is { } email && TokenName.IsAllowed(email))
        {
            yield return (Claims.Email, email);
            yield return (Claims.EmailVerified, person.EmailVerified);
        }

        if (client.GetsEverything || scopes.Contains(IssuerScopes.Groups))
            yield return (Groups, client.Groups.Of(person.Groups));
    }

    public static ImmutableArray<string> ScopesOf(GrantSnapshot grant) => [.. grant.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>
    /// Grant, generation and some randomness: Kubernetes writes it into its audit log (<c>credential-id</c>), where it leads back to the session
    /// without a row per token.
    /// </summary>
    private static string NewTokenId(GrantId grantId, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{grantId}.{generation}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    /// <summary>The grant that a <c>jti</c> names; null when it has another form than ours.</summary>
    public static string? GrantOf(string tokenId) => tokenId.Split('.') is [{ Length: > 0 } grantId, _, _] ? grantId : null;

    private static Claim ToClaim(string name, object value) => value switch
    {
        bool flag => new Claim(name, flag ? "true" : "false", ClaimValueTypes.Boolean),
        string[] list => JsonArray(name, list),
        _ => new Claim(name, (string)value),
    };

    // As JSON, because one value or none must still be an array.
    private static Claim JsonArray(string name, string[] values) => new(name, JsonSerializer.Serialize(values), JsonClaimValueTypes.JsonArray);
}
