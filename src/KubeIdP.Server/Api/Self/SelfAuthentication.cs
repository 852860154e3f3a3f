using System.Security.Claims;
using System.Text.Encodings.Web;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace KubeIdP.Server.Api.Self;

/// <summary>
/// Authenticates a person by a recent token for their own API, whose session is live. Whoever it is, the endpoints get the person and the
/// session of the token (<see cref="SelfCaller"/>), and take neither from the request.
/// </summary>
internal sealed class SelfAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, GrantStore grants,
    GrantUsability usability, ClientCatalog clients, IssuerUrl issuer, TimeProvider clock)
    : TokenAuthentication(options, loggers, encoder, grants, usability, clock)
{
    public const string Name = "self";

    public static AuthorizationPolicy Policy { get; } = new AuthorizationPolicyBuilder(Name).RequireAuthenticatedUser().Build();

    protected override string Audience => ApiScopes.SelfAudience(issuer);

    protected override AuthenticateResult OfService(ClaimsPrincipal principal) =>
        Refuse("invalid_token", "This API is for people.");

    protected override Task<AuthenticateResult> OfPersonAsync(GrantSnapshot grant, CancellationToken ct)
    {
        if (clients.Find(grant.ClientId) is not { IsCli: true })
            return Task.FromResult(Refuse("invalid_token", "The client of this token no longer exists."));

        Context.Features.Set(new SelfCaller(grant));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, grant.Person.Id)], Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name)));
    }
}
