using KubeIdP.Core.Identifiers;
using System.Collections.Immutable;
using KubeIdP.Data.People;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Freshness;
using KubeIdP.Server.Tokens;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// Checks whether a code issued now could be redeemed. Otherwise the login page would report success, redemption would fail, and each
/// kubectl command would open the browser again.
/// </summary>
internal sealed class CodePrecheck(MembershipStore people, PersonFreshness freshness, IdTokenSize size)
{
    /// <summary>The page for a person whose directory does not answer.</summary>
    public static MessagePage UnknownPage => new(StatusCodes.Status503ServiceUnavailable, Texts.DirectoryAwayTitle, Texts.DirectoryAwayWhat,
        Texts.DirectoryAwayNext);

    /// <summary>
    /// Null when nothing is known that would prevent redemption. The directory of the person is asked when its last answer is due for
    /// renewal, as at redemption.
    /// </summary>
    /// <param name="personId">The person who would get the code.</param>
    /// <param name="sessionId">The session; null for a session that is about to begin.</param>
    /// <param name="client">The client that would redeem it; null for the pages of this server, which need no token.</param>
    /// <param name="scopes">The scopes that it grants.</param>
    /// <param name="ct">Cancels waiting for a directory.</param>
    public async Task<CodeRefusal?> RefusalAsync(PersonId personId, SessionId? sessionId, Client? client, ImmutableArray<string> scopes,
        CancellationToken ct)
    {
        // A disabled or removed person has no live session and can't open one; that is reported where it is detected.
        if (await people.FindAsync(personId, ct) is not { } known) return null;

        switch (await freshness.OfAsync(known.Person, known.Now, ct))
        {
            case PersonCheck.Unknown:
                return new CodeRefusal.Temporary();
            case PersonCheck.Refused:
                return new CodeRefusal.SignedOut();
            case PersonCheck.Good when client is null:
                return null;
            case PersonCheck.Good(var person):
                if (GrantUsability.RefusalOfName(person.Username) is { } notAllowed) return new CodeRefusal.Permanent(notAllowed);
                if (client.AccessRefusalOf(person) is { } noAccess) return new CodeRefusal.Permanent(noAccess, IsAccess: true);
                return await size.RefusalAsync(person, client, scopes, sessionId, grantId: null, ct) is { } tooLarge
                    ? new CodeRefusal.Permanent(tooLarge)
                    : null;
            default:
                throw new InvalidOperationException("The check has an answer of an unknown kind.");
        }
    }
}
