using KubeIdP.Core.Identifiers;
using System.Collections.Immutable;
using KubeIdP.Data.People;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Freshness;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Authorize;

/// <summary>The closed set of why redemption would refuse a code.</summary>
internal abstract record CodeRefusal
{
    private CodeRefusal()
    {
    }

    /// <summary>The person's directory doesn't answer, and what it last said is too old.</summary>
    public sealed record ForNow : CodeRefusal;

    /// <summary>The directory has said no, and all that the person had open has ended.</summary>
    public sealed record SignedOut : CodeRefusal;

    /// <summary>Nothing that the person does at the browser helps.</summary>
    /// <param name="Advice">What redemption would say.</param>
    public sealed record Lasting(string Advice) : CodeRefusal;
}

/// <summary>
/// Whether a code that is handed out now could be redeemed. What redemption refuses, it refuses at each command: whoever was told before that they are in would
/// be led through the browser again and again.
/// </summary>
internal sealed class CodePrecheck(MembershipStore people, PersonFreshness freshness, IdTokenSize size)
{
    /// <summary>Null when nothing is known against it. A person's directory is asked when what it last said is due, as at redemption.</summary>
    /// <param name="personId">Who would get the code.</param>
    /// <param name="sessionId">In which session; null: in one that is about to begin.</param>
    /// <param name="client">Who would redeem it.</param>
    /// <param name="scopes">As granted by it.</param>
    /// <param name="ct">Ends the waiting for a directory.</param>
    public async Task<CodeRefusal?> RefusalAsync(PersonId personId, SessionId? sessionId, Client client, ImmutableArray<string> scopes, CancellationToken ct)
    {
        // Whoever is disabled or removed has no session that lives, and opens none: that is said where it is found.
        if (await people.FindAsync(personId, ct) is not { } known) return null;

        switch (await freshness.OfAsync(known.Person, known.Now, ct))
        {
            case PersonCheck.Unknown:
                return new CodeRefusal.ForNow();
            case PersonCheck.Refused:
                return new CodeRefusal.SignedOut();
            case PersonCheck.Good(var person):
                if (GrantUsability.RefusalOfName(person.Username) is { } notAllowed) return new CodeRefusal.Lasting(notAllowed);
                return await size.RefusalAsync(person, client, scopes, sessionId, grantId: null, ct) is { } tooLarge ? new CodeRefusal.Lasting(tooLarge) : null;
            default:
                throw new InvalidOperationException("A standing is one of three.");
        }
    }
}
