using System.Security.Claims;
using System.Text.Encodings.Web;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;

namespace KubeIdP.Server.Api;

/// <summary>
/// What the authentication of both APIs has in common: an access token with the API's own audience that is at most <see
/// cref="ApiScopes.TokenLifetime"/> old, whose session is checked at each call, and errors as RFC 6750 has them. Cookies are not accepted.
/// </summary>
internal abstract class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, GrantStore grants,
    GrantUsability usability, TimeProvider clock) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private Refusal? refusal;

    /// <summary>That of this API's tokens.</summary>
    protected abstract string Audience { get; }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [var header]
            || header?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) is not true)
            return AuthenticateResult.NoResult();

        // OpenIddict checks protection, token type and expiry, and that the audience is one of the APIs.
        var token = await Context.AuthenticateAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
        if (token is not { Succeeded: true, Principal: { } principal } || !principal.HasAudience(Audience))
            return Refuse("invalid_token", "The token is invalid or has expired.");
        if (principal.GetCreationDate() is not { } createdAt || clock.GetUtcNow() - createdAt > ApiScopes.TokenLifetime)
            return Refuse("invalid_token", "The token is too old. Refresh it.");

        return principal.GetClaim(TokenClaims.Grant) is { } grant ? await OfPersonAsync(grant) : OfService(principal);
    }

    /// <summary>Whether a person with a usable grant may call.</summary>
    protected abstract Task<AuthenticateResult> OfPersonAsync(GrantSnapshot grant, CancellationToken ct);

    /// <summary>Whether a service may call.</summary>
    protected abstract AuthenticateResult OfService(ClaimsPrincipal principal);

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal is null) return AnswerAsync(new Refusal(StatusCodes.Status401Unauthorized, null, "This API requires an access token."));
        return AnswerAsync(refusal);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AnswerAsync(
            new Refusal(StatusCodes.Status403Forbidden, "insufficient_scope", "The caller does not have the required scope or role."));

    protected AuthenticateResult Unavailable()
    {
        refusal = new Refusal(StatusCodes.Status503ServiceUnavailable, null, GrantCheck.Unknown.Advice);
        return AuthenticateResult.Fail(refusal.Detail);
    }

    protected AuthenticateResult Refuse(string error, string detail, string more = "")
    {
        refusal = new Refusal(StatusCodes.Status401Unauthorized, error, detail) { More = more };
        return AuthenticateResult.Fail(detail);
    }

    private async Task<AuthenticateResult> OfPersonAsync(string grantId)
    {
        var ct = Context.RequestAborted;
        return await usability.JudgeAsync(await grants.ReadAsync(new GrantId(grantId), ct), ct) switch
        {
            GrantCheck.Usable(var grant) => await OfPersonAsync(grant, ct),
            GrantCheck.Over(var advice) => Refuse("invalid_token", advice),
            GrantCheck.Unknown => Unavailable(),
            _ => throw new InvalidOperationException("A check of an unknown kind."),
        };
    }

    private async Task AnswerAsync(Refusal why)
    {
        // RFC 6750 §3: the description has printable ASCII alone, without quotation marks.
        if (why.Status is not StatusCodes.Status503ServiceUnavailable)
            Response.Headers[HeaderNames.WWWAuthenticate] = why.Error is null
                ? "Bearer"
                : $"Bearer error=\"{why.Error}\", error_description=\"{ErrorDescription.Of(why.Detail)}\"{why.More}";
        else
            Response.Headers.RetryAfter = "1";
        await ApiProblem.Of(Context, why.Status,
            why.Status switch { 401 => "Not authenticated.", 403 => "Not allowed.", _ => "Temporarily unavailable." }, why.Detail)
                .ExecuteAsync(Context);
    }

    private sealed record Refusal(int Status, string? Error, string Detail)
    {
        public string More { get; init; } = "";
    }
}
