using System.Globalization;
using System.Security.Claims;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Keys;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace KubeIdP.Server.Tokens;

/// <summary>The steps between a used grant and its tokens, in the order in which OpenIddict runs them.</summary>
internal static class IssueTokens
{
    /// <summary>What a code or refresh token carries inside its seal: who, which grant, which generation. What a person is, is read again at each use.</summary>
    public static ClaimsPrincipal PrincipalFor(string personId, string grantId, int generation, IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity("grant");
        identity.AddClaim(new Claim(Claims.Subject, personId));
        identity.AddClaim(new Claim(TokenClaims.Grant, grantId));
        identity.AddClaim(new Claim(TokenClaims.Generation, generation.ToString(CultureInfo.InvariantCulture)));
        return new ClaimsPrincipal(identity).SetScopes(scopes);
    }

    public static ClaimsPrincipal PrincipalFor(Issuance issuance) =>
        PrincipalFor(issuance.Grant.Person.Id, issuance.Grant.GrantId, issuance.Generation, issuance.Scopes);

    /// <summary>
    /// Fail closed: OpenIddict presets the principal of a redeemed token, so that without a word from the grant types it would sign in by itself.
    /// </summary>
    public sealed class RequireIssuance : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context) =>
            context.EndpointType is OpenIddictServerEndpointType.Token && Issuance.Of(context.Transaction) is null && !ClientCredentialsGrantType.Issues(context.Transaction)
                ? throw new InvalidOperationException("A token was about to be issued without using its grant.")
                : default;
    }

    /// <summary>
    /// A cluster's client gets a refresh token unasked: kubelogin does not ask, and the ID token lives a minute. A web client gets one when
    /// <c>offline_access</c> was granted, whatever part of the grant this refresh is for.
    /// </summary>
    public sealed class DecideRefreshToken : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (Issuance.Of(context.Transaction) is { } issuance)
            {
                context.GenerateRefreshToken = context.IncludeRefreshToken =
                    issuance.Client.GetsEverything || TokenClaims.ScopesOf(issuance.Grant).Contains(Scopes.OfflineAccess);
            }

            return default;
        }
    }

    /// <summary>Fills the prepared principals: exact times, the exact issuer, the claims.</summary>
    public sealed class Fill(Settings settings) : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (Issuance.Of(context.Transaction) is not { } issuance) return default;

            // Nothing outlives the session, and everything counts from the moment before the UPDATE.
            var issuedAt = issuance.Moment.At;
            var expiresAt = issuedAt + settings.Tokens.IdTokenLifetime;
            if (expiresAt > issuance.Grant.EndsAt) expiresAt = issuance.Grant.EndsAt;

            if (context.IdentityTokenPrincipal is { } idToken)
            {
                idToken.SetCreationDate(issuedAt).SetExpirationDate(expiresAt).SetClaim(Claims.Private.Issuer, settings.Issuer).RemoveClaims(Claims.Nonce);
                TokenClaims.Describe((ClaimsIdentity)idToken.Identity!, issuance);
            }

            if (context.AccessTokenPrincipal is { } accessToken)
            {
                if (issuance.Scopes.Contains(ApiScopes.Admin)) accessToken.SetAudiences(ApiScopes.Audience(settings));
                accessToken.SetCreationDate(issuedAt).SetExpirationDate(expiresAt).SetClaim(TokenClaims.Grant, issuance.Grant.GrantId);
            }

            // RFC 6749 §6: a refresh for less does not narrow the next one.
            if (context.RefreshTokenPrincipal is { } refreshToken)
            {
                context.RefreshTokenPrincipal = refreshToken
                    .Clone(static claim => claim.Type is Claims.Subject or TokenClaims.Grant or TokenClaims.Generation
                        or Claims.Private.Presenter)
                    .SetScopes(TokenClaims.ScopesOf(issuance.Grant)).SetCreationDate(issuedAt).SetExpirationDate(issuance.Grant.EndsAt);
            }

            return default;
        }
    }

    /// <summary>Signs with the algorithm that the client's API server accepts.</summary>
    public sealed class ChooseSigningKey(SigningKeys keys) : IOpenIddictServerHandler<GenerateTokenContext>
    {
        public ValueTask HandleAsync(GenerateTokenContext context)
        {
            if (context.TokenType is TokenTypeIdentifiers.IdentityToken && Issuance.Of(context.Transaction) is { } issuance)
                context.SigningCredentials = keys.For(issuance.Client.Options.SigningAlgorithm);
            return default;
        }
    }

    /// <summary>
    /// The last look at the clock, after signing. A replica that was paused since the UPDATE may have missed a revocation, so it issues nothing; the
    /// client presents the same token again and gets its lost answer.
    /// </summary>
    public sealed class RefuseStale(TimeProvider clock, ILogger<RefuseStale> log) : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (Issuance.Of(context.Transaction) is { } issuance && issuance.Moment.IsStale(clock))
            {
                log.IssuanceStale(issuance.Grant.GrantId);
                context.Reject(Errors.TemporarilyUnavailable, "The answer took too long to be safe. Try again.");
            }

            return default;
        }
    }
}
