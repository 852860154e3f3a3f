using System.Globalization;
using KubeIdP.Core.Naming;
using KubeIdP.Data.Keys;
using KubeIdP.Server.Hosting;
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

    /// <summary>How long after its end a proof is still taken, for services whose clock is behind. What is used is remembered until then, and longer.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    // What OpenIddict takes alone (draft-ietf-oauth-rfc7523bis), and what most libraries write.
    private const string NewType = "client-authentication+jwt";
    private const string UsualType = "JWT";

    public static OpenIddictServerBuilder AddServiceAssertions(this OpenIddictServerBuilder server) => server
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<TakeUsualForm>().SetOrder(Protection.ResolveTokenValidationParameters.Descriptor.Order + 2))
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<RefuseUnreadable>().SetOrder(Protection.MapInternalClaims.Descriptor.Order - 1))
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<UseOnce>().SetOrder(Protection.ValidateExpirationDate.Descriptor.Order + 1));

    public static bool IsAssertion(ValidateTokenContext context) => context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion);

    private sealed class TakeUsualForm(Settings settings) : IOpenIddictServerHandler<ValidateTokenContext>
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
            context.ValidAudiences.Add(settings.Issuer);
            context.ValidAudiences.Add($"{settings.Issuer}{EndpointPaths.Token}");
            return default;
        }
    }

    /// <summary>Before OpenIddict makes dates of the claims, at which it throws for years that .NET does not have.</summary>
    private sealed class RefuseUnreadable(TimeProvider clock) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (!IsAssertion(context) || context.IsRejected || context.Principal is not { } proof) return default;

            var now = clock.GetUtcNow();
            if (!IsDate(proof.GetClaim(Claims.ExpiresAt)) || !IsDate(proof.GetClaim(Claims.IssuedAt)) || !IsDate(proof.GetClaim(Claims.NotBefore)))
                context.Reject(Errors.InvalidClient, "A time in the proof is none.");

            // RFC 7519 §4.1.5.
            else if (SecondsOf(proof.GetClaim(Claims.NotBefore)) > (now + Leeway).ToUnixTimeSeconds())
                context.Reject(Errors.InvalidClient, "The proof is not valid yet.");

            // RFC 7515 §4.1.11: none is understood here, and IdentityModel looks over it.
            else if (new JsonWebToken(context.Token).TryGetHeaderValue<object>("crit", out _))
                context.Reject(Errors.InvalidClient, "The proof has a header that must be understood (crit), which this server does not.");
            return default;
        }

        private static bool IsDate(string? claim) =>
            claim is null || (SecondsOf(claim) is { } seconds && seconds > DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds());

        // RFC 7519 §2: a NumericDate may have a fraction.
        private static decimal? SecondsOf(string? claim) => decimal.TryParse(claim, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }

    /// <summary>Last: what is not valid uses nothing up.</summary>
    private sealed class UseOnce(UsedAssertionStore used, TimeProvider clock) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public async ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (!IsAssertion(context) || context.IsRejected || context.Principal is not { } proof) return;

            var (id, client, until) = (proof.GetClaim(Claims.JwtId), proof.GetClaim(Claims.Subject), proof.GetExpirationDate());
            if (string.IsNullOrEmpty(id) || id.Length > UsedAssertionStore.MaxIdLength || OutsideText.HiddenIn(id) is not null || client is null || until is null)
                context.Reject(Errors.InvalidClient, $"A proof needs sub, exp and a jti of up to {UsedAssertionStore.MaxIdLength} characters that can be seen.");
            else if (until - clock.GetUtcNow() > MaxLifetime)
                context.Reject(Errors.InvalidClient, $"A proof lives for {MaxLifetime.TotalMinutes} minutes at most.");
            else if (!await used.UseAsync(client, id, until.Value + Leeway, context.Transaction.Http().RequestAborted))
                context.Reject(Errors.InvalidClient, "This proof has been used before.");
        }
    }
}
