using System.Globalization;
using System.Security.Claims;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
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
    /// <summary>
    /// What a code or refresh token carries inside its seal: who, which grant, which generation. What a person is, is read again at each
    /// use.
    /// </summary>
    public static ClaimsPrincipal PrincipalFor(string personId, string grantId, int generation, IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity("grant");
        identity.AddClaim(new Claim(Claims.Subject, personId));
        identity.AddClaim(new Claim(TokenClaims.Grant, grantId));
        identity.AddClaim(new Claim(TokenClaims.Generation, generation.ToString(CultureInfo.InvariantCulture)));
        return new ClaimsPrincipal(identity).SetScopes(scopes);
    }

    /// <summary>What is signed in for a subject; <see cref="Fill"/> makes the tokens' own principals complete.</summary>
    public static ClaimsPrincipal PrincipalFor(IssuedSubject subject) => subject switch
    {
        IssuedSubject.Person person => PrincipalFor(person.Grant.Person.Id, person.Grant.GrantId, person.Generation, person.Scopes),
        IssuedSubject.Service service =>
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(Claims.Subject, service.Client.Id)], "service")).SetScopes(service.Scopes),
        _ => throw Unknown(subject),
    };

    private static InvalidOperationException Unknown(IssuedSubject subject) => new($"No token is known for {subject.GetType().Name}.");

    /// <summary>
    /// Fail closed: OpenIddict presets the principal of a redeemed token, so that without a word from the grant types it would sign in by
    /// itself.
    /// </summary>
    public sealed class RequireSubject : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context) =>
            context.EndpointType is OpenIddictServerEndpointType.Token && IssuedSubject.Of(context.Transaction) is null
                ? throw new InvalidOperationException("A token was about to be issued without a grant type's word.")
                : default;
    }

    /// <summary>
    /// A cluster's client gets a refresh token unasked: kubelogin does not ask, and the ID token lives a minute. A web client gets one when
    /// <c>offline_access</c> was granted, whatever part of the grant this refresh is for. A service gets none: its next token costs another
    /// proof.
    /// </summary>
    public sealed class DecideRefreshToken : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (IssuedSubject.Of(context.Transaction) is { } subject)
            {
                context.GenerateRefreshToken = context.IncludeRefreshToken = subject switch
                {
                    IssuedSubject.Person person =>
                        person.Client.GetsEverything || TokenClaims.ScopesOf(person.Grant).Contains(Scopes.OfflineAccess),
                    IssuedSubject.Service => false,
                    _ => throw Unknown(subject),
                };
            }

            return default;
        }
    }

    /// <summary>Fills the prepared principals: exact times, the exact issuer, the claims.</summary>
    public sealed class Fill(IssuerUrl issuer, TokenOptions options, TimeProvider clock) : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            switch (IssuedSubject.Of(context.Transaction))
            {
                case IssuedSubject.Person person:
                    FillFor(person, context);
                    break;
                case IssuedSubject.Service:
                    FillForService(context);
                    break;
                case { } other:
                    throw Unknown(other);
            }

            return default;
        }

        private void FillForService(ProcessSignInContext context)
        {
            var now = clock.GetUtcNow();
            context.AccessTokenPrincipal!.SetAudiences(ApiScopes.Audience(issuer))
                .SetCreationDate(now).SetExpirationDate(now + ApiScopes.TokenLifetime);
        }

        private void FillFor(IssuedSubject.Person person, ProcessSignInContext context)
        {
            // Nothing outlives the session, and everything counts from the moment before the UPDATE.
            var issuedAt = person.Moment.At;
            var expiresAt = issuedAt + options.IdTokenLifetime;
            if (expiresAt > person.Grant.EndsAt) expiresAt = person.Grant.EndsAt;

            if (context.IdentityTokenPrincipal is { } idToken)
            {
                idToken.SetCreationDate(issuedAt).SetExpirationDate(expiresAt)
                    .SetClaim(Claims.Private.Issuer, issuer.Value).RemoveClaims(Claims.Nonce);
                TokenClaims.Describe((ClaimsIdentity)idToken.Identity!, person);
            }

            if (context.AccessTokenPrincipal is { } accessToken)
            {
                if (person.Scopes.Contains(ApiScopes.Admin)) accessToken.SetAudiences(ApiScopes.Audience(issuer));
                accessToken.SetCreationDate(issuedAt).SetExpirationDate(expiresAt).SetClaim(TokenClaims.Grant, person.Grant.GrantId);
            }

            // RFC 6749 §6: a refresh for less does not narrow the next one.
            if (context.RefreshTokenPrincipal is { } refreshToken)
            {
                context.RefreshTokenPrincipal = refreshToken
                    .Clone(static claim => claim.Type is Claims.Subject or TokenClaims.Grant or TokenClaims.Generation
                        or Claims.Private.Presenter)
                    .SetScopes(TokenClaims.ScopesOf(person.Grant)).SetCreationDate(issuedAt).SetExpirationDate(person.Grant.EndsAt);
            }
        }
    }

    /// <summary>Signs with the algorithm that the client's API server accepts.</summary>
    public sealed class ChooseSigningKey(SigningKeys keys) : IOpenIddictServerHandler<GenerateTokenContext>
    {
        public ValueTask HandleAsync(GenerateTokenContext context)
        {
            if (context.TokenType is TokenTypeIdentifiers.IdentityToken && IssuedSubject.Of(context.Transaction) is { } subject)
                context.SigningCredentials = keys.For(subject.Client.Options.SigningAlgorithm);
            return default;
        }
    }

    /// <summary>
    /// The last look at the clock, after signing. A replica that was paused since the UPDATE may have missed a revocation, so it issues
    /// nothing; the client presents the same token again and gets its lost answer.
    /// </summary>
    public sealed class RefuseStale(TimeProvider clock, ILogger<RefuseStale> log) : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (IssuedSubject.Of(context.Transaction) is IssuedSubject.Person person && person.Moment.IsStale(clock))
            {
                log.IssuanceStale(person.Grant.GrantId);
                context.Reject(Errors.TemporarilyUnavailable, "The answer took too long to be safe. Try again.");
            }

            return default;
        }
    }
}
