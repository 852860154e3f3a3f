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

/// <summary>The claims of tokens. The only place that writes a claim about a person, and so the only one that must check names.</summary>
internal static class TokenClaims
{
    /// <summary>In protected codes and tokens: the grant and its generation.</summary>
    public const string Grant = "grant";
    public const string Generation = "gen";

    public const string SessionId = "sid";
    public const string Groups = "groups";

    public static readonly string[] Supported =
    [
        Claims.Audience, Claims.ExpiresAt, Claims.IssuedAt, Claims.Issuer, Claims.JwtId, Claims.Subject, SessionId,
        Claims.AuthenticationTime,
        Claims.AuthenticationMethodReference, Claims.AuthenticationContextReference, Claims.Nonce, Claims.PreferredUsername, Claims.Name,
        Claims.Email, Claims.EmailVerified, Groups,
    ];

    /// <summary>Adds the claims about the person and the login to an ID token.</summary>
    public static void Describe(ClaimsIdentity token, IssuedSubject.Person issued)
    {
        var grant = issued.Grant;
        var methods = AuthenticationMethods.Parse(grant.Amr);
        token.AddClaim(new Claim(Claims.JwtId, NewTokenId(grant.GrantId, issued.Generation)));
        token.AddClaim(new Claim(SessionId, grant.SessionId));
        token.AddClaim(
            new Claim(Claims.AuthenticationTime, grant.AuthTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                ClaimValueTypes.Integer64));
        token.AddClaim(JsonArray(Claims.AuthenticationMethodReference, [.. methods.Amr]));
        if (methods.AcrIn(grant.SessionKind) is { } acr) token.AddClaim(new Claim(Claims.AuthenticationContextReference, acr));
        if (issued.Nonce is { } nonce) token.AddClaim(new Claim(Claims.Nonce, nonce));

        foreach (var (name, value) in PersonClaims(grant.Person, issued.Client, issued.Scopes))
            token.AddClaim(ToClaim(name, value));
    }

    /// <summary>
    /// The claims about a person that this client may see, by scope (OpenID Connect Core §5.4); a cluster sees all of them.
    /// </summary>
    /// <remarks>
    /// A name that Kubernetes reserves never gets into a token, even if a directory contains it, because an API server may be configured to
    /// use any of these claims as the user name.
    /// </remarks>
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

    public static ImmutableArray<string> ScopesOf(GrantSnapshot grant) =>
        [.. grant.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>
    /// Grant, generation and some randomness: Kubernetes writes it into its audit log (<c>credential-id</c>), so that the session can be
    /// found without storing a row per token.
    /// </summary>
    private static string NewTokenId(GrantId grantId, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{grantId}.{generation}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    /// <summary>The grant in a <c>jti</c>; null if it does not have this server's format.</summary>
    public static string? GrantOf(string tokenId) => tokenId.Split('.') is [{ Length: > 0 } grantId, _, _] ? grantId : null;

    private static Claim ToClaim(string name, object value) => value switch
    {
        bool flag => new Claim(name, flag ? "true" : "false", ClaimValueTypes.Boolean),
        string[] list => JsonArray(name, list),
        _ => new Claim(name, (string)value),
    };

    // As JSON, so that one value or none is still an array.
    private static Claim JsonArray(string name, string[] values) =>
        new(name, JsonSerializer.Serialize(values), JsonClaimValueTypes.JsonArray);
}
