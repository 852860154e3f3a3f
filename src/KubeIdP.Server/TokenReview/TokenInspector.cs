using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Server.TokenReview;

/// <summary>Checks whether a token is a currently valid ID token of this issuer for the cluster, and returns its user.</summary>
internal sealed class TokenInspector(
    SigningKeys keys, IssuerUrl issuer, RecentEndings recent, EndingStore endings, TimeProvider clock, ILogger<TokenInspector> log)
{
    // How long an API server may wait, because somebody is waiting for kubectl.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };

    /// <summary>
    /// Null for a token that is not valid. Throws if this can't be determined: an outage is not a refusal, and data that is older than <see
    /// cref="RecentEndings.MaxAge"/> at the time of the response is not used.
    /// </summary>
    public async Task<ReviewedUser?> InspectAsync(string token, Client cluster, CancellationToken ct)
    {
        var validation = await handler.ValidateTokenAsync(token, ParametersFor(cluster));
        if (!validation.IsValid)
        {
            // Only the type of the exception, because its message may contain the token.
            log.TokenRefused(cluster.Id, validation.Exception.GetType().Name);
            return null;
        }

        if (ReviewedUser.Of((JsonWebToken)validation.SecurityToken) is not { } user)
        {
            log.TokenRefused(cluster.Id, "not an ID token");
            return null;
        }

        if (await IsLiveAsync(user, ct)) return user;

        log.TokenRefused(cluster.Id, "ended");
        return null;
    }

    private async Task<bool> IsLiveAsync(ReviewedUser user, CancellationToken ct)
    {
        if (recent.Current() is { } known) return !known.Ended.Contains(user.GrantId) && !known.Ended.Contains(user.SessionId);

        var asked = MachineTime.Take(clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Timeout);
        try
        {
            var live = await endings.HaveNotEndedAsync(user.GrantId, user.SessionId, limit.Token);
            return asked.Age(clock) <= RecentEndings.MaxAge
                ? live
                : throw new TimeoutException("The database took too long to answer whether a session is active.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException("The database did not answer whether a session is active.");
        }
    }

    private TokenValidationParameters ParametersFor(Client cluster) => new()
    {
        IssuerSigningKeys = keys.Accepted,
        TryAllIssuerSigningKeys = false,
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
        ValidTypes = ["JWT"],
        ValidIssuer = issuer.Value,
        ValidAudience = cluster.Id,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        LifetimeValidator = (_, expires, _, _) => expires is { } end && clock.GetUtcNow().UtcDateTime < end,
    };
}
