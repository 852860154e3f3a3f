using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>For an administrator whose colleague is tired of waiting.</summary>
internal sealed class ThrottleReset(FailureStore failures, ThrottleKeys keys, PersonReader people)
{
    /// <summary>
    /// Forgets the failed passwords of this person, wherever they came from, in one transaction with the audit row. What is counted for addresses stays: it
    /// is not this account's alone. So does what the directory itself has counted.
    /// </summary>
    public async Task ForgetAsync(PersonId personId, NewAuditEvent audit, CancellationToken ct)
    {
        if (await people.FindAsync(personId, ct) is { } person)
            await failures.MarkAsync(keys.MarkersOf(new ConnectorId(person.Connector), person.UpstreamId, person.UserName!), audit, ct);
    }
}
