using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Encodings.Web;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Api;

/// <summary>
/// Authenticates callers by a recent token for the API: a service with its currently configured scopes, or a person with a live session who
/// has verified a second factor recently and is currently an administrator or auditor. Cookies are not accepted.
/// </summary>
internal sealed class ApiAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, GrantStore grants,
    GrantUsability usability, ClientCatalog clients, AdminAccess access,
    TimeProvider clock) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "api";

    private const string ScopeClaim = "api-scope";

    private Refusal? refusal;

    /// <summary>The policy of endpoints that need this scope.</summary>
    public static AuthorizationPolicy PolicyFor(string scope) =>
        new AuthorizationPolicyBuilder(Name).RequireAuthenticatedUser().RequireClaim(ScopeClaim, scope).Build();

    /// <summary>The policy of endpoints that any authenticated caller may call.</summary>
    public static AuthorizationPolicy Anybody { get; } = new AuthorizationPolicyBuilder(Name).RequireAuthenticatedUser().Build();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [var header]
            || header?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) is not true)
            return AuthenticateResult.NoResult();

        // OpenIddict checks protection, token type, expiry and audience.
        var token = await Context.AuthenticateAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
        if (token is not { Succeeded: true, Principal: { } principal })
            return Refuse("invalid_token", "The token is invalid or has expired.");
        if (principal.GetCreationDate() is not { } createdAt || clock.GetUtcNow() - createdAt > ApiScopes.TokenLifetime)
            return Refuse("invalid_token", "The token is too old. Refresh it.");

        return principal.GetClaim(TokenClaims.Grant) is { } grant ? await OfPersonAsync(grant) : OfService(principal);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal is null) return AnswerAsync(new Refusal(StatusCodes.Status401Unauthorized, null, "This API requires an access token."));
        return AnswerAsync(refusal);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AnswerAsync(
            new Refusal(StatusCodes.Status403Forbidden, "insufficient_scope", "The caller does not have the required scope or role."));

    private AuthenticateResult OfService(ClaimsPrincipal principal)
    {
        if (clients.Find(principal.GetClaim(Claims.Subject)) is not { Kind: ClientKind.Service } service)
            return Refuse("invalid_token", "The service of this token no longer exists.");

        // Scopes that were removed from its configuration since are no longer valid.
        return Accept(ApiCaller.NameOfService(service.Id), [.. principal.GetScopes().Intersect(service.Application!.Scopes)]);
    }

    private async Task<AuthenticateResult> OfPersonAsync(string grantId)
    {
        var ct = Context.RequestAborted;
        var check = await usability.JudgeAsync(await grants.ReadAsync(new GrantId(grantId), ct), ct);
        if (check is GrantCheck.Unknown) return Unavailable();
        if (check is not GrantCheck.Usable(var grant) || clients.Find(grant.ClientId) is not { Kind: ClientKind.Admin })
            return Refuse("invalid_token", "The session of this token has ended.");

        // RFC 9470: a new sign-in with max_age satisfies this. The grant must be recent too: a proof in the browser raises the session, and
        // must not make a refresh token usable again that somebody took from it long ago.
        if (grant.Now - (grant.CreatedAt < grant.AuthTime ? grant.CreatedAt : grant.AuthTime) > AdminAccess.FreshFor)
            return Refuse("insufficient_user_authentication",
                "A second factor must have been verified within the last 15 minutes. Sign in again.",
                $", max_age={(int)AdminAccess.FreshFor.TotalSeconds}");

        return await access.RoleOfAsync(grant.Person.Id, ct) switch
        {
            null => Unavailable(),
            AdminRole.Administrator => Accept(grant.Person.Id, ApiScopes.All),
            AdminRole.Auditor => Accept(grant.Person.Id, ApiScopes.Reading),
            _ => Accept(grant.Person.Id, []),
        };
    }

    private AuthenticateResult Accept(string name, ImmutableArray<string> scopes)
    {
        Context.Features.Set(new ApiCaller(name));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), .. scopes.Select(scope => new Claim(ScopeClaim, scope))],
            Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    private AuthenticateResult Unavailable()
    {
        refusal = new Refusal(StatusCodes.Status503ServiceUnavailable, null, GrantCheck.Unknown.Advice);
        return AuthenticateResult.Fail(refusal.Detail);
    }

    private AuthenticateResult Refuse(string error, string detail, string more = "")
    {
        refusal = new Refusal(StatusCodes.Status401Unauthorized, error, detail) { More = more };
        return AuthenticateResult.Fail(detail);
    }

    private async Task AnswerAsync(Refusal why)
    {
        // RFC 6750 §3.
        if (why.Status is not StatusCodes.Status503ServiceUnavailable)
            Response.Headers[HeaderNames.WWWAuthenticate] = why.Error is null
                ? "Bearer"
                : $"Bearer error=\"{why.Error}\", error_description=\"{why.Detail}\"{why.More}";
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
