using KubeIdP.Core.Identifiers;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Freshness;

namespace KubeIdP.Server.Clusters;

/// <summary>Reads who is visiting the portal. Their groups are as recent as in a token, so that the pages and the tokens agree.</summary>
internal sealed class Visitors(MembershipStore memberships, PersonFreshness freshness, AdminOptions admin)
{
    /// <summary>
    /// Null if the person may not sign in any more. While their directory does not answer, the last known groups are shown: a page gives no
    /// access.
    /// </summary>
    public async Task<Visitor?> FindAsync(PersonId personId, CancellationToken ct)
    {
        if (await memberships.FindAsync(personId, ct) is not { } known) return null;

        return await freshness.OfAsync(known.Person, known.Now, ct) switch
        {
            PersonCheck.Good(var person) => Of(person),
            PersonCheck.Unknown => Of(known.Person),
            PersonCheck.Refused => null,
            _ => throw new InvalidOperationException("The freshness check gave an unknown result."),
        };
    }

    private Visitor Of(PersonSnapshot person) =>
        new(person, AdminRules.RoleOf(new Membership(person.Connector, person.Groups), admin));
}
