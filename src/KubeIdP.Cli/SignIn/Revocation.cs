using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>Ends at the server what a login has there (RFC 7009): its own grants, and with them those exchanged from it.</summary>
internal static class Revocation
{
    /// <exception cref="CommandFault">The server did not do it, or can't.</exception>
    public static async Task RunAsync(IssuerAccess access, SessionRecord session, CancellationToken ct)
    {
        StoredGrant[] grants = [.. new[] { session.Self, session.Admin }.OfType<StoredGrant>()];
        if (grants is []) return;

        var endpoint = (await access.ProviderAsync(current: false, ct)).RevocationEndpoint
            ?? throw new CommandFault($"{access.Issuer} offers no way to revoke a login.");
        foreach (var grant in grants)
            await OAuthClient.RevokeAsync(access.Http, endpoint, OAuthClient.OwnId, grant.RefreshToken, ct);
    }

    /// <summary>For a login that has been replaced: what can't be revoked ends with its session.</summary>
    public static async Task TryAsync(IssuerAccess access, SessionRecord? session, CancellationToken ct)
    {
        try
        {
            if (session is not null) await RunAsync(access, session, ct);
        }
        catch (CommandFault)
        {
            // The new login is what was asked for.
        }
    }
}
