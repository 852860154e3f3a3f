using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;

namespace KubeIdP.Server.Tokens;

/// <summary>Looks at what a person's tokens would hold, before anything is used up.</summary>
internal sealed class TokenContent(GroupsLeftOut leftOut, IdTokenSize size)
{
    /// <summary>Also reports the groups that are left out of them.</summary>
    /// <returns>Null if they can be issued, otherwise the message for the person at the terminal.</returns>
    public async Task<string?> RefusalAsync(GrantSnapshot grant, Client client, CancellationToken ct)
    {
        await leftOut.ReportAsync(grant, client, ct);
        return await size.RefusalAsync(grant.Person, client, TokenClaims.ScopesOf(grant), grant.SessionId, grant.GrantId, ct);
    }
}
