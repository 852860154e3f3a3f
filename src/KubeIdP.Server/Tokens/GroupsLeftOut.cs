using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Tells which groups can't stand in a client's tokens under the names that they have there: RBAC only adds rights, so they are left out. Each once a day and
/// replica.
/// </summary>
internal sealed class GroupsLeftOut(TokenMetrics metrics, AuditLog audit, TimeProvider clock, ILogger<GroupsLeftOut> log)
{
    private const int MaxTold = 10_000;

    private readonly RecentlyReported<(string Client, string What)> told = new(TimeSpan.FromDays(1), MaxTold, clock);

    public async Task TellAsync(GrantSnapshot grant, Client client, CancellationToken ct)
    {
        foreach (var what in client.Groups.LeftOutOf(grant.Person.Groups))
        {
            metrics.GroupLeftOut(client.Id);
            if (!told.IsNews((client.Id, what))) continue;

            log.GroupLeftOut(client.Id, what);
            await audit.AppendAsync(new NewAuditEvent(AuditEventType.TokenGroupLeftOut) { Actor = Actor.Issuer.Name, ClientId = client.Id, Detail = $"{what}." }, ct);
            told.Remember((client.Id, what));
        }
    }
}
