using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>Lets an administrator reset the delays of a person.</summary>
internal sealed class ThrottleReset(FailureStore failures, ThrottleKeys keys, PersonReader people)
{
    /// <summary>
    /// Resets the failed passwords of this person from all networks, in one transaction with the audit event. The counts of addresses stay,
    /// because they also concern other accounts, and so does the directory's own count.
    /// </summary>
    public async Task ForgetAsync(PersonId personId, NewAuditEvent audit, CancellationToken ct)
    {
        if (await people.FindAsync(personId, ct) is { } person)
            await failures.MarkAsync(keys.MarkersOf(new ConnectorId(person.Connector), person.UpstreamId, person.UserName!), audit, ct);
    }
}
