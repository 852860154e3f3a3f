using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Encodings.Web;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace KubeIdP.Server.Api;

/// <summary>
/// Authenticates callers by a recent token for the administration's API: a service with its currently configured scopes, or a person with a
/// live session who has verified a second factor recently and is currently an administrator or auditor.
/// </summary>
internal sealed class ApiAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, GrantStore grants,
    GrantUsability usability, ClientCatalog clients, AdminAccess access, IssuerUrl issuer, TimeProvider clock)
    : TokenAuthentication(options, loggers, encoder, grants, usability, clock)
{
    public const string Name = "api";

    private const string ScopeClaim = "api-scope";

    /// <summary>The policy of endpoints that need this scope.</summary>
    public static AuthorizationPolicy PolicyFor(string scope) =>
        new AuthorizationPolicyBuilder(Name).RequireAuthenticatedUser().RequireClaim(ScopeClaim, scope).Build();

    /// <summary>The policy of endpoints that any authenticated caller may call.</summary>
    public static AuthorizationPolicy Anybody { get; } = new AuthorizationPolicyBuilder(Name).RequireAuthenticatedUser().Build();

    protected override string Audience => ApiScopes.Audience(issuer);

    protected override AuthenticateResult OfService(ClaimsPrincipal principal)
    {
        if (clients.Find(principal.GetClaim(Claims.Subject)) is not { Kind: ClientKind.Service } service)
            return Refuse("invalid_token", "The service of this token no longer exists.");

        // Scopes that were removed from its configuration since are no longer valid.
        return Accept(ApiCaller.NameOfService(service.Id), [.. principal.GetScopes().Intersect(service.Application!.Scopes)]);
    }

    protected override async Task<AuthenticateResult> OfPersonAsync(GrantSnapshot grant, CancellationToken ct)
    {
        if (clients.Find(grant.ClientId) is not { Kind: ClientKind.Admin })
            return Refuse("invalid_token", "The client of this token no longer exists.");

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
}
