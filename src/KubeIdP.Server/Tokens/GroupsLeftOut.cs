using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// Reports groups that are left out of a client's tokens because their name there is not allowed. Leaving them out is safe, because RBAC
/// only adds rights. Each is reported once a day and replica.
/// </summary>
internal sealed class GroupsLeftOut(TokenMetrics metrics, AuditLog audit, TimeProvider clock, ILogger<GroupsLeftOut> log)
{
    private const int MaxReported = 10_000;

    private readonly RecentlyReported<(ClientId Client, string What)> reported = new(TimeSpan.FromDays(1), MaxReported, clock);

    public async Task ReportAsync(GrantSnapshot grant, Client client, CancellationToken ct)
    {
        foreach (var what in client.Groups.LeftOutOf(grant.Person.Groups))
        {
            metrics.GroupLeftOut(client.Id);
            if (!reported.IsNews((client.Id, what))) continue;

            log.GroupLeftOut(client.Id, what, client.Key);
            await audit.AppendAsync(
                new NewAuditEvent(AuditEventType.TokenGroupLeftOut) { Actor = Actor.Issuer.Name, ClientId = client.Id,
                    Detail = $"{what}." }, ct);
            reported.Remember((client.Id, what));
        }
    }
}
