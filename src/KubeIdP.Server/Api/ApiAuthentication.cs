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
/// Lets in who has a young token for the API: a service with the scopes that it has in the configuration now, or a person whose session lives, who has proven
/// both factors a short while ago and is an administrator or auditor now. A cookie lets nobody in.
/// </summary>
internal sealed class ApiAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, GrantStore grants, GrantUsability usability, ClientCatalog clients, AdminAccess access,
    TimeProvider clock) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "api";

    private const string ScopeClaim = "api-scope";

    private Refusal? refusal;

    /// <summary>For endpoints that need this scope.</summary>
    public static AuthorizationPolicy PolicyFor(string scope) => new AuthorizationPolicyBuilder(Name).RequireAuthenticatedUser().RequireClaim(ScopeClaim, scope).Build();

    /// <summary>For whoever may call anything.</summary>
    public static AuthorizationPolicy Anybody { get; } = new AuthorizationPolicyBuilder(Name).RequireAuthenticatedUser().Build();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [var header] || header?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) is not true) return AuthenticateResult.NoResult();

        // OpenIddict's own: seal, kind of token, expiry, audience.
        var token = await Context.AuthenticateAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
        if (token is not { Succeeded: true, Principal: { } principal }) return Refuse("invalid_token", "The token is not valid, or no longer.");
        if (principal.GetCreationDate() is not { } createdAt || clock.GetUtcNow() - createdAt > ApiScopes.TokenLifetime) return Refuse("invalid_token", "The token is too old. Refresh it.");

        return principal.GetClaim(TokenClaims.Grant) is { } grant ? await OfPersonAsync(grant) : OfService(principal);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal is null) return AnswerAsync(new Refusal(StatusCodes.Status401Unauthorized, null, "A token for this API is needed."));
        return AnswerAsync(refusal);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AnswerAsync(new Refusal(StatusCodes.Status403Forbidden, "insufficient_scope", "This caller may not do that."));

    private AuthenticateResult OfService(ClaimsPrincipal principal)
    {
        if (clients.Find(principal.GetClaim(Claims.Subject)) is not { Options.Kind: ClientKind.Service } service) return Refuse("invalid_token", "There is no such service any more.");

        // What was taken from it in the meantime it has no more.
        return LetIn(ApiCaller.NameOfService(service.Id), [.. principal.GetScopes().Intersect(service.Options.Scopes)]);
    }

    private async Task<AuthenticateResult> OfPersonAsync(string grantId)
    {
        var ct = Context.RequestAborted;
        var standing = await usability.JudgeAsync(await grants.ReadAsync(new GrantId(grantId), ct), ct);
        if (standing is GrantCheck.Unknown) return Away();
        if (standing is not GrantCheck.Usable(var grant) || clients.Find(grant.ClientId) is not { Options.Kind: ClientKind.Admin }) return Refuse("invalid_token", "The session of this token has ended.");

        // RFC 9470: whoever signs in anew with max_age has what is asked for.
        if (grant.Now - grant.AuthTime > AdminAccess.FreshFor)
            return Refuse("insufficient_user_authentication", "Both factors must have been proven within a quarter of an hour. Sign in again.", $", max_age={(int)AdminAccess.FreshFor.TotalSeconds}");

        return await access.RoleOfAsync(grant.Person.Id, ct) switch
        {
            null => Away(),
            AdminRole.Administrator => LetIn(grant.Person.Id, ApiScopes.All),
            AdminRole.Auditor => LetIn(grant.Person.Id, ApiScopes.Reading),
            _ => LetIn(grant.Person.Id, []),
        };
    }

    private AuthenticateResult LetIn(string name, ImmutableArray<string> scopes)
    {
        Context.Features.Set(new ApiCaller(name));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), .. scopes.Select(scope => new Claim(ScopeClaim, scope))], Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    private AuthenticateResult Away()
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
            Response.Headers[HeaderNames.WWWAuthenticate] = why.Error is null ? "Bearer" : $"Bearer error=\"{why.Error}\", error_description=\"{why.Detail}\"{why.More}";
        else
            Response.Headers.RetryAfter = "1";
        await ApiProblem.Of(Context, why.Status, why.Status switch { 401 => "Not let in.", 403 => "Not allowed.", _ => "Nobody can say right now." }, why.Detail).ExecuteAsync(Context);
    }

    private sealed record Refusal(int Status, string? Error, string Detail)
    {
        public string More { get; init; } = "";
    }
}
