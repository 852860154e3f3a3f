using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Server.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.TokenReview;

/// <summary>The user of an ID token, as returned to the API server.</summary>
internal sealed record ReviewedUser
{
    // The same key that the API server uses for a token whose signature it checks itself. It is in the API server's audit log, and "audit
    // whois" reads it.
    private const string CredentialId = "authentication.kubernetes.io/credential-id";

    public required GrantId GrantId { get; init; }

    public required SessionId SessionId { get; init; }

    public required PersonId Subject { get; init; }

    public required string Username { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>For admission policies and the API server's audit log.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; }

    /// <summary>Null for a token of this issuer that is not an ID token for a cluster.</summary>
    public static ReviewedUser? Of(JsonWebToken token)
    {
        if (!token.TryGetPayloadValue<string>(Claims.JwtId, out var tokenId) || TokenClaims.GrantOf(tokenId) is not { } grantId
            || !token.TryGetPayloadValue<string>(TokenClaims.SessionId, out var sessionId)
            || !token.TryGetPayloadValue<string>(Claims.Subject, out var subject)
            || !token.TryGetPayloadValue<string>(Claims.PreferredUsername, out var username) || !TokenName.IsAllowed(username)
            || !token.TryGetPayloadValue<string[]>(TokenClaims.Groups, out var groups)
            || !token.TryGetPayloadValue<string[]>(Claims.AuthenticationMethodReference, out var methods)
            || !token.TryGetPayloadValue<long>(Claims.AuthenticationTime, out var authTime))
        {
            return null;
        }

        return new ReviewedUser
        {
            GrantId = new GrantId(grantId),
            SessionId = new SessionId(sessionId),
            Subject = new PersonId(subject),
            Username = username,
            Groups = [.. groups.Where(TokenName.IsAllowed)],
            Extra = new Dictionary<string, IReadOnlyList<string>>
            {
                [CredentialId] = [$"JTI={tokenId}"],
                [TokenClaims.SessionId] = [sessionId],
                [Claims.AuthenticationMethodReference] = methods,
                [Claims.AuthenticationTime] = [authTime.ToString(System.Globalization.CultureInfo.InvariantCulture)],
            },
        };
    }
}
