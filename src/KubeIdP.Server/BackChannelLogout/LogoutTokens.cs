using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.BackChannelLogout;

/// <summary>
/// Creates logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4). They contain only the session: without a subject they can't be
/// mistaken for an ID token by a program that checks only signature and audience.
/// </summary>
internal sealed class LogoutTokens(SigningKeys keys, IssuerUrl issuer, TimeProvider clock)
{
    public const string Event = "http://schemas.openid.net/event/backchannel-logout";

    private const string Type = "logout+jwt";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string Create(Client client, DueLogout due)
    {
        var now = clock.GetUtcNow();
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = Type,
            Issuer = issuer.Value,
            Audience = client.Id,
            IssuedAt = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            SigningCredentials = keys.For(client.Options.SigningAlgorithm),
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("N"),
                [JwtRegisteredClaimNames.Sid] = due.SessionId.Value,
                ["events"] = new Dictionary<string, object> { [Event] = new Dictionary<string, object>() },
            },
        });
    }
}
