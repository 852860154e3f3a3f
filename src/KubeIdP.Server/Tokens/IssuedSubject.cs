using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// The closed set of subjects for which tokens are issued. A grant type attaches one to the transaction after all of its checks have
/// passed; without one the token endpoint issues nothing.
/// </summary>
internal abstract record IssuedSubject
{
    private IssuedSubject()
    {
    }

    public required Client Client { get; init; }

    /// <summary>The scopes of the tokens.</summary>
    public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>Whether a refresh token belongs to the answer.</summary>
    public abstract bool GetsRefreshToken { get; }

    public static IssuedSubject? Of(OpenIddictServerTransaction transaction) =>
        transaction.GetProperty<IssuedSubject>(nameof(IssuedSubject));

    public void Attach(OpenIddictServerTransaction transaction) => transaction.SetProperty(nameof(IssuedSubject), this);

    /// <summary>What is signed in; <see cref="Fill"/> makes the tokens' own principals complete.</summary>
    public abstract ClaimsPrincipal Principal();

    /// <summary>Fills the prepared principals: exact times, the exact issuer, the claims.</summary>
    /// <param name="context">Holds them.</param>
    /// <param name="issuer">For issuer and audiences.</param>
    /// <param name="options">For lifetimes.</param>
    /// <param name="clock">For tokens that no UPDATE has dated.</param>
    public abstract void Fill(ProcessSignInContext context, IssuerUrl issuer, TokenOptions options, TimeProvider clock);

    /// <summary>
    /// A person, by a grant that was just used: its UPDATE has succeeded. The scopes are all granted ones, or those that a refresh
    /// requested.
    /// </summary>
    public sealed record Person(GrantSnapshot Grant, int Generation, IssueTime IssueTime) : IssuedSubject
    {
        /// <summary>Only set for a code: by OpenID Connect Core §12.2, ID tokens of refreshes have no nonce.</summary>
        public string? Nonce { get; init; }

        /// <summary>
        /// A cluster's client gets one unasked: kubelogin does not ask, and the ID token lives a minute. A web client gets one when
        /// <c>offline_access</c> was granted, whatever part of the grant this refresh is for.
        /// </summary>
        public override bool GetsRefreshToken =>
            Client.GetsEverything || TokenClaims.ScopesOf(Grant).Contains(OpenIddictConstants.Scopes.OfflineAccess);

        /// <summary>
        /// What a code or refresh token carries, protected: who, which grant, which generation. What a person is, is read again at each
        /// use.
        /// </summary>
        public static ClaimsPrincipal PrincipalOf(PersonId personId, GrantId grantId, int generation, IEnumerable<string> scopes)
        {
            var identity = new ClaimsIdentity("grant");
            identity.AddClaim(new Claim(Claims.Subject, personId));
            identity.AddClaim(new Claim(TokenClaims.Grant, grantId));
            identity.AddClaim(new Claim(TokenClaims.Generation, generation.ToString(CultureInfo.InvariantCulture)));
            return new ClaimsPrincipal(identity).SetScopes(scopes);
        }

        public override ClaimsPrincipal Principal() => PrincipalOf(Grant.Person.Id, Grant.GrantId, Generation, Scopes);

        public override void Fill(ProcessSignInContext context, IssuerUrl issuer, TokenOptions options, TimeProvider clock)
        {
            // Nothing outlives the session, and everything counts from the moment before the UPDATE.
            var issuedAt = IssueTime.At;
            var expiresAt = issuedAt + options.LifetimeOf(Client);
            if (expiresAt > Grant.EndsAt) expiresAt = Grant.EndsAt;

            if (context.IdentityTokenPrincipal is { } idToken)
            {
                idToken.SetCreationDate(issuedAt).SetExpirationDate(expiresAt)
                    .SetClaim(Claims.Private.Issuer, issuer.Value).RemoveClaims(Claims.Nonce);
                TokenClaims.Describe((ClaimsIdentity)idToken.Identity!, this);
            }

            // RFC 8693 §2.2.1: the ID token of the cluster that the login was exchanged for.
            if (context.IssuedTokenPrincipal is { } issued)
            {
                issued.SetAudiences(Client.Id.Value).SetCreationDate(issuedAt).SetExpirationDate(expiresAt)
                    .SetClaim(Claims.Private.Issuer, issuer.Value).RemoveClaims(Claims.ClientId)
                    .RemoveClaims(Claims.Private.Presenter).RemoveClaims(Claims.Private.Scope).RemoveClaims(Claims.Scope);
                TokenClaims.Describe((ClaimsIdentity)issued.Identity!, this);
            }

            if (context.AccessTokenPrincipal is { } accessToken)
            {
                if (Scopes.Contains(ApiScopes.Self)) accessToken.SetAudiences(ApiScopes.SelfAudience(issuer));
                else if (Scopes.Contains(ApiScopes.Admin)) accessToken.SetAudiences(ApiScopes.Audience(issuer));
                else if (Client.Audiences is not []) accessToken.SetAudiences(Client.Audiences);
                accessToken.SetCreationDate(issuedAt).SetExpirationDate(expiresAt).SetClaim(TokenClaims.Grant, Grant.GrantId);
            }

            // RFC 6749 §6: a refresh for less does not narrow the next one.
            if (context.RefreshTokenPrincipal is { } refreshToken)
            {
                context.RefreshTokenPrincipal = refreshToken
                    .Clone(static claim => claim.Type is Claims.Subject or TokenClaims.Grant or TokenClaims.Generation
                        or Claims.Private.Presenter)
                    .SetScopes(TokenClaims.ScopesOf(Grant)).SetCreationDate(issuedAt).SetExpirationDate(Grant.EndsAt);

                // After an exchange it belongs to the cluster's client, and not to the program that asked.
                if (context.IssuedTokenPrincipal is not null) context.RefreshTokenPrincipal.SetPresenters(Client.Id.Value);
            }
        }
    }

    /// <summary>A service that has authenticated, without a person (RFC 6749 §4.4).</summary>
    public sealed record Service : IssuedSubject
    {
        /// <summary>Its next token costs another proof.</summary>
        public override bool GetsRefreshToken => false;

        public override ClaimsPrincipal Principal() =>
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(Claims.Subject, Client.Id)], "service")).SetScopes(Scopes);

        public override void Fill(ProcessSignInContext context, IssuerUrl issuer, TokenOptions options, TimeProvider clock)
        {
            var now = clock.GetUtcNow();
            context.AccessTokenPrincipal!.SetAudiences(ApiScopes.Audience(issuer))
                .SetCreationDate(now).SetExpirationDate(now + ApiScopes.TokenLifetime);
        }
    }
}
