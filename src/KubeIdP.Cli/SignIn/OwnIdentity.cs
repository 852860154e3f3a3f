using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>Who is signed in: asked of the server, and stored for when it is away.</summary>
internal sealed class OwnIdentity(IssuerAccess access)
{
    private readonly SelfApi api = new(access);

    /// <exception cref="NotSignedIn">Nobody is, or not any more.</exception>
    /// <exception cref="Outage">There was no answer.</exception>
    public async Task<WhoAmI> AskAsync(CancellationToken ct)
    {
        var me = await api.SelfAsync(ct);
        var clusters = await api.ClustersAsync(ct);
        var now = access.Clock.GetUtcNow();
        await StoreAsync(
            new StoredPerson(me.Subject, me.Username, me.Name, me.Email, me.Groups, me.Session.EndsAt, now), ct);
        return new WhoAmI(access.Issuer, me.Subject, me.Username, me.Name, me.Email, me.Groups, me.Session.EndsAt, me.Session, clusters,
            IsStored: false, now);
    }

    /// <summary>What the server said last; null if nobody is signed in.</summary>
    public WhoAmI? Stored() => access.State.ReadSession() is { Self: not null, Person: { } known }
        ? new WhoAmI(access.Issuer, known.Subject, known.Username, known.Name, known.Email, known.Groups,
            known.EndsAt, Session: null, Clusters: null, IsStored: true, known.KnownAt)
        : null;

    private async Task StoreAsync(StoredPerson person, CancellationToken ct)
    {
        using var held = await access.State.LockSessionAsync("storing who is signed in", () => false, access.Say, access.Clock, ct);
        if (access.State.ReadSession() is { } session) access.State.WriteSession(session with { Person = person });
    }
}
