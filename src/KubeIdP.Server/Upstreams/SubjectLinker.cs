using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;

namespace KubeIdP.Server.Upstreams;

/// <summary>
/// Finds the person behind an account of an upstream, by the upstream's immutable id and never by a name. An account of an upstream becomes
/// a person at its first login. From then on names, email address and groups follow the upstream; the subject never changes.
/// </summary>
internal sealed class SubjectLinker(PersonReader reader, UpstreamPeople people, TimeProvider clock)
{
    public async Task<LinkedPerson> LinkAsync(UpstreamIdentity identity, Actor by, CancellationToken ct)
    {
        if (UserName.FaultOf(identity.Username) is { } fault) return new LinkedPerson.NameNotAllowed(fault);

        if (identity.Connector != ConnectorId.Local)
        {
            var change = await people.LinkAsync(identity, new PersonId(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")), by, ct);
            if (change is UpstreamChange.NameTaken(var reservedUntil)) return new LinkedPerson.NameTaken(reservedUntil);
        }

        var person = await reader.FindAsync(identity.Connector, identity.UpstreamId, ct);
        return person switch
        {
            null => new LinkedPerson.Gone(),
            { DisabledAt: not null } => new LinkedPerson.Disabled(),
            _ => new LinkedPerson.Linked(person),
        };
    }
}
