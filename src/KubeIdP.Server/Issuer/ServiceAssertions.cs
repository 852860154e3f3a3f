using System.Globalization;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace KubeIdP.Server.Issuer;

/// <summary>What OpenIddict leaves to its host about proofs by which services show who they are (RFC 7523 §3): that each counts once, and for a short time.</summary>
internal static class ServiceAssertions
{
    /// <summary>The furthest that a proof may reach into the future. It bounds what must be remembered of the used ones.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long after its end a proof is still taken, and before its beginning already, for services whose clock differs. What is used is remembered until then,
    /// and longer.
    /// </summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    // What OpenIddict takes alone (draft-ietf-oauth-rfc7523bis), and what most libraries write.
    private const string NewType = "client-authentication+jwt";
    private const string UsualType = "JWT";

    public static OpenIddictServerBuilder AddServiceAssertions(this OpenIddictServerBuilder server) => server
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<TakeUsualForm>().SetOrder(Protection.ResolveTokenValidationParameters.Descriptor.Order + 2))
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<CheckTimesAndHeader>().SetOrder(Protection.MapInternalClaims.Descriptor.Order - 1))
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<UseOnce>().SetOrder(Protection.ValidateExpirationDate.Descriptor.Order + 1));

    public static bool IsAssertion(ValidateTokenContext context) => context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion);

    private sealed class TakeUsualForm(IssuerUrl issuer) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (!IsAssertion(context)) return default;

            var parameters = context.TokenValidationParameters.Clone();
            parameters.ClockSkew = Leeway;
            parameters.ValidTypes = null;
            parameters.TypeValidator = (type, _, _) => type is null or NewType || string.Equals(type, UsualType, StringComparison.OrdinalIgnoreCase)
                ? NewType
                : throw new SecurityTokenInvalidTypeException($"A proof is no {type}.");
            context.TokenValidationParameters = parameters;
            context.ValidAudiences.Add(issuer.Value);
            context.ValidAudiences.Add($"{issuer}{EndpointPaths.Token}");
            return default;
        }
    }

    /// <summary>Before OpenIddict makes moments of the numbers: of most numbers there is none. It leaves <c>nbf</c> to its host (RFC 7519 §4.1.5).</summary>
    private sealed class CheckTimesAndHeader(TimeProvider clock) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (!IsAssertion(context) || context.IsRejected || context.Principal is not { } proof) return default;

            var now = clock.GetUtcNow();
            if (!Lies(Claims.ExpiresAt, now + MaxLifetime))
                context.Reject(Errors.InvalidClient, $"The exp of a proof is a number of seconds since 1970, {MaxLifetime.TotalMinutes} minutes ahead at most.");
            else if (!Lies(Claims.NotBefore, now + Leeway) || !Lies(Claims.IssuedAt, now + MaxLifetime))
                context.Reject(Errors.InvalidClient, "This proof is not valid yet, or its nbf or iat is no number of seconds since 1970.");

            // RFC 7515 §4.1.11: none is understood here, and IdentityModel looks over it.
            else if (new JsonWebToken(context.Token).TryGetHeaderValue<object>("crit", out _))
                context.Reject(Errors.InvalidClient, "The proof has a header that must be understood (crit), which this server does not.");
            return default;

            // Whether it is missing, or a number of seconds since 1970 that is not after the latest moment.
            bool Lies(string claim, DateTimeOffset latest) =>
                proof.GetClaim(claim) is not { } text
                || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 && seconds <= latest.ToUnixTimeSeconds());
        }
    }

    /// <summary>Last: what is not valid uses nothing up, and nobody uses up what is another's. The key was that of the issuer (<c>iss</c>).</summary>
    private sealed class UseOnce(UsedAssertionStore used) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public async ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (!IsAssertion(context) || context.IsRejected || context.Principal is not { } proof) return;

            var (id, client, until) = (proof.GetClaim(Claims.JwtId), proof.GetClaim(Claims.Subject), proof.GetExpirationDate());
            if (client is null || client != proof.GetClaim(Claims.Issuer))
                context.Reject(Errors.InvalidClient, "A proof's iss and sub are the client that it is for.");
            else if (string.IsNullOrEmpty(id) || id.Length > UsedAssertionStore.MaxIdLength || OutsideText.HiddenIn(id) is not null || until is null)
                context.Reject(Errors.InvalidClient, $"A proof needs exp and a jti of up to {UsedAssertionStore.MaxIdLength} characters that can be seen.");
            else if (!await used.UseAsync(new ClientId(client), id, until.Value + Leeway, context.Transaction.Http().RequestAborted))
                context.Reject(Errors.InvalidClient, "This proof has been used before.");
        }
    }
}
