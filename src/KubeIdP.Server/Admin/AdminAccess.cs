using KubeIdP.Data.People;

namespace KubeIdP.Server.Admin;

/// <summary>What somebody may do on the administrators' pages.</summary>
internal enum AdminRole
{
    None,

    /// <summary>Look at everything, change nothing.</summary>
    Auditor,

    Administrator,
}

/// <summary>Tells who may enter. The groups are read at each request, so who is taken out of one is out at the next click.</summary>
internal sealed class AdminAccess(MembershipStore memberships, Settings settings)
{
    public async Task<AdminRole> RoleOfAsync(string personId, CancellationToken ct) =>
        AdminRules.RoleOf(await memberships.FindAsync(personId, ct), settings.Admin);
}
