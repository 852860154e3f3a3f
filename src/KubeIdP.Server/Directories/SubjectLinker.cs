using KubeIdP.Core.Upstreams;
using KubeIdP.Data;
using KubeIdP.Data.People;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Directories;

/// <summary>Finds the person behind an account of an upstream, by the upstream's immutable id and never by a name.</summary>
internal sealed class SubjectLinker(KubeIdpDbContext db)
{
    /// <summary>Null when nobody has been linked to this account.</summary>
    public Task<Person?> FindAsync(UpstreamIdentity identity, CancellationToken ct) =>
        db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Connector == identity.Connector.Value && p.UpstreamId == identity.UpstreamId, ct);
}
