using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Server.Freshness;

namespace KubeIdP.Server.Administration;

/// <summary>
/// Determines the role of a person. The groups are read at each request, and groups of a directory are as recent as in a token: removal
/// from a group takes effect within a minute, and for local accounts at the next request.
/// </summary>
internal sealed class AdminAccess(MembershipStore memberships, PersonFreshness freshness, AdminOptions options)
{
    /// <summary>The maximum time since an administrator proved a second factor, so that an open browser is not enough.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(15);

    /// <summary>Null when the directory does not answer and its last answer is too old.</summary>
    public async Task<AdminRole?> RoleOfAsync(PersonId personId, CancellationToken ct)
    {
        if (await memberships.FindAsync(personId, ct) is not { } known) return AdminRole.None;

        // The directory is not asked about a person who was not an administrator; a new role takes effect when they sign in or refresh.
        if (AdminRules.RoleOf(known.Membership, options) is AdminRole.None) return AdminRole.None;

        return await freshness.OfAsync(known.Person, known.Now, ct) switch
        {
            PersonCheck.Good(var person) => AdminRules.RoleOf(new Membership(person.Connector, person.Groups), options),
            PersonCheck.Refused => AdminRole.None,
            _ => null,
        };
    }

    /// <summary>By the last known groups; only for deciding whether to show the link.</summary>
    public async Task<AdminRole> LastRoleOfAsync(PersonId personId, CancellationToken ct) =>
        AdminRules.RoleOf((await memberships.FindAsync(personId, ct))?.Membership, options);
}
