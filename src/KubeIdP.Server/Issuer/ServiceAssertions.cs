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

/// <summary>
/// The checks of client assertions that OpenIddict leaves to its host (RFC 7523 §3): that each is used once, and is valid only for a short
/// time.
/// </summary>
internal static class ServiceAssertions
{
    /// <summary>How far in the future an assertion may expire. It limits how long used assertions must be stored.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long an assertion is accepted after it expires and before it becomes valid, for services whose clock differs. Used assertions
    /// are stored until then, and longer.
    /// </summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    // The only type that OpenIddict accepts (draft-ietf-oauth-rfc7523bis); most libraries still write the other one, or none.
    private const string NewType = "client-authentication+jwt";
    private const string UsualType = "JWT";

    public static OpenIddictServerBuilder AddServiceAssertions(this OpenIddictServerBuilder server) => server
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<TakeUsualForm>().SetOrder(Protection.ResolveTokenValidationParameters.Descriptor.Order + 2))
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<CheckTimesAndHeader>().SetOrder(Protection.MapInternalClaims.Descriptor.Order - 1))
        .AddEventHandler<ValidateTokenContext>(handler => handler
            .UseSingletonHandler<UseOnce>().SetOrder(Protection.ValidateExpirationDate.Descriptor.Order + 1));

    public static bool IsAssertion(ValidateTokenContext context) =>
        context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion);

    private sealed class TakeUsualForm(IssuerUrl issuer) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (!IsAssertion(context)) return default;

            var parameters = context.TokenValidationParameters.Clone();
            parameters.ClockSkew = Leeway;
            parameters.ValidTypes = null;
            parameters.TypeValidator = (type, _, _) =>
                type is null or "" or NewType || string.Equals(type, UsualType, StringComparison.OrdinalIgnoreCase)
                ? NewType
                : throw new SecurityTokenInvalidTypeException($"A client assertion is not of the type {type}.");
            context.TokenValidationParameters = parameters;
            context.ValidAudiences.Add(issuer.Value);
            context.ValidAudiences.Add($"{issuer}{EndpointPaths.Token}");
            return default;
        }
    }

    /// <summary>
    /// Runs before OpenIddict converts the numbers to times, which fails for most numbers. OpenIddict leaves <c>nbf</c> to its host (RFC
    /// 7519 §4.1.5).
    /// </summary>
    private sealed class CheckTimesAndHeader(TimeProvider clock) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (!IsAssertion(context) || context.IsRejected || context.Principal is not { } proof) return default;

            var now = clock.GetUtcNow();
            if (!Lies(Claims.ExpiresAt, now + MaxLifetime))
                context.Reject(Errors.InvalidClient,
                    $"The exp of a client assertion must be a number of seconds since 1970, at most {MaxLifetime.TotalMinutes} minutes "
                    + $"ahead.");
            else if (!Lies(Claims.NotBefore, now + Leeway) || !Lies(Claims.IssuedAt, now + MaxLifetime))
                context.Reject(Errors.InvalidClient,
                    "This client assertion is not valid yet, or its nbf or iat is not a number of seconds since 1970.");

            // RFC 7515 §4.1.11: no critical header is supported here, and IdentityModel ignores it.
            else if (new JsonWebToken(context.Token).TryGetHeaderValue<object>("crit", out _))
                context.Reject(Errors.InvalidClient,
                    "The client assertion has a critical header (crit) that this server does not understand.");
            return default;

            // Whether the claim is missing, or is a number of seconds since 1970 not after the latest allowed time.
            bool Lies(string claim, DateTimeOffset latest) =>
                proof.GetClaim(claim) is not { } text
                || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
                && seconds <= latest.ToUnixTimeSeconds());
        }
    }

    /// <summary>
    /// Runs last, so that an invalid assertion is not used up, and nobody can use up an assertion of another client. The signature was
    /// verified with the key of the issuer (<c>iss</c>).
    /// </summary>
    private sealed class UseOnce(UsedAssertionStore used) : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public async ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (!IsAssertion(context) || context.IsRejected || context.Principal is not { } proof) return;

            var (id, client, until) = (proof.GetClaim(Claims.JwtId), proof.GetClaim(Claims.Subject), proof.GetExpirationDate());
            if (client is null || client != proof.GetClaim(Claims.Issuer))
                context.Reject(Errors.InvalidClient, "The iss and sub of a client assertion must be the client id.");
            else if (string.IsNullOrEmpty(id) || id.Length > UsedAssertionStore.MaxIdLength || OutsideText.HiddenIn(id) is not null
                || until is null)
                context.Reject(Errors.InvalidClient,
                    $"A client assertion needs exp and a jti of up to {UsedAssertionStore.MaxIdLength} printable characters.");
            else if (!await used.UseAsync(new ClientId(client), id, until.Value + Leeway, context.Transaction.Http().RequestAborted))
                context.Reject(Errors.InvalidClient, "This client assertion has been used before.");
        }
    }
}
