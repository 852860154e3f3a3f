using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Server.Freshness;

namespace KubeIdP.Server.Administration;

/// <summary>What somebody may do on the administrators' pages.</summary>
internal enum AdminRole
{
    None,

    /// <summary>Look at everything, change nothing.</summary>
    Auditor,

    Administrator,
}

/// <summary>
/// Tells who may enter. The groups are read at each request, and those of a directory are as fresh as in a token: who is taken out of one is out within a
/// minute, and at the next click where the accounts are ours.
/// </summary>
internal sealed class AdminAccess(MembershipStore memberships, PersonFreshness freshness, AdminOptions options)
{
    /// <summary>How long ago an administrator may have proven both factors: a browser left open is not enough.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(15);

    /// <summary>Null when the directory doesn't answer, and what it last said is too old to go by.</summary>
    public async Task<AdminRole?> RoleOfAsync(PersonId personId, CancellationToken ct)
    {
        if (await memberships.FindAsync(personId, ct) is not { } known) return AdminRole.None;

        // No directory is asked about somebody who was no administrator: they learn of it when they sign in or refresh.
        if (AdminRules.RoleOf(known.Membership, options) is AdminRole.None) return AdminRole.None;

        return await freshness.OfAsync(known.Person, known.Now, ct) switch
        {
            PersonCheck.Good(var person) => AdminRules.RoleOf(new Membership(person.Connector, person.Groups), options),
            PersonCheck.Refused => AdminRole.None,
            _ => null,
        };
    }

    /// <summary>By the groups as last known: whether to show the way there.</summary>
    public async Task<AdminRole> LastRoleOfAsync(PersonId personId, CancellationToken ct) =>
        AdminRules.RoleOf((await memberships.FindAsync(personId, ct))?.Membership, options);
}
