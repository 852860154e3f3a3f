using KubeIdP.Data.People;
using KubeIdP.Server.Directories;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Whether a code that is handed out now could be redeemed. What redemption refuses for now, it refuses at each command: whoever was told before that they are
/// in would be led through the browser again and again.
/// </summary>
internal sealed class CodeOutlook(MembershipStore people, PersonFreshness freshness)
{
    /// <summary>Null when nothing is known against it. A person's directory is asked when what it last said is due, as at redemption.</summary>
    public async Task<Standing?> RefusalAsync(string personId, CancellationToken ct)
    {
        // Whoever is disabled or removed has no session that lives, and opens none: that is said where it is found.
        if (await people.FindAsync(personId, ct) is not { } known) return null;

        var standing = await freshness.OfAsync(known.Person, known.Now, ct);
        return standing is Standing.Good ? null : standing;
    }
}
