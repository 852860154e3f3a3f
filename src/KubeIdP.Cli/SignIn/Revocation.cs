using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>Ends at the server what a login has there (RFC 7009): its own grants, and with them those exchanged from it.</summary>
internal static class Revocation
{
    /// <summary>
    /// Ends also what no stored login ends with it: the tokens of clusters that another login, or a damaged one, has left.
    /// </summary>
    /// <param name="session">Null where it can't be read.</param>
    /// <exception cref="CommandFault">The server did not do it, or can't.</exception>
    public static async Task AllAsync(IssuerAccess access, SessionRecord? session, CancellationToken ct)
    {
        if (session is not null) await RunAsync(access, session, ct);

        foreach (var stray in access.State.StrayClusters(session))
            await OAuthClient.RevokeAsync(access.Http, await EndpointAsync(access, ct), stray.Cluster, stray.RefreshToken, ct);
    }

    /// <exception cref="CommandFault">The server did not do it, or can't.</exception>
    public static async Task RunAsync(IssuerAccess access, SessionRecord session, CancellationToken ct)
    {
        StoredGrant[] grants = [.. new[] { session.Self, session.Admin }.OfType<StoredGrant>()];
        if (grants is []) return;

        var endpoint = await EndpointAsync(access, ct);
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

    private static async Task<Uri> EndpointAsync(IssuerAccess access, CancellationToken ct) =>
        (await access.ProviderAsync(current: false, ct)).RevocationEndpoint
            ?? throw new CommandFault($"{access.Issuer} offers no way to revoke a login.");
}
