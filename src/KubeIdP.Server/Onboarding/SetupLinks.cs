using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Onboarding;

/// <summary>Creates the link for setting up the first administrator.</summary>
internal sealed class SetupLinks(SetupLinkStore store, Administrators administrators, IssuerUrl issuer, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>
    /// For the start of the server: keeps a link that is still valid; otherwise, with several replicas, each start would invalidate the
    /// link of the previous one.
    /// </summary>
    public Task<SetupLinkAnswer> EnsureAsync(CancellationToken ct) => MakeAsync(replace: false, Actor.Issuer, ct);

    public Task<SetupLinkAnswer> ReplaceAsync(Actor by, CancellationToken ct) => MakeAsync(replace: true, by, ct);

    private async Task<SetupLinkAnswer> MakeAsync(bool replace, Actor by, CancellationToken ct)
    {
        if (await administrators.ExistAsync(ct)) return new SetupLinkAnswer.AdministratorExists();
        if (administrators.LocalGroup is null) return new SetupLinkAnswer.NotLocal();

        var token = LinkToken.Create();
        if (await store.MakeAsync(new OneTimeSecret(LinkToken.Hash(token), Lifetime), replace, by, ct))
            return new SetupLinkAnswer.Made(Links.SetupUrl(issuer, token), clock.GetUtcNow() + Lifetime);

        return replace ? new SetupLinkAnswer.AdministratorExists() : new SetupLinkAnswer.OtherIsValid();
    }
}
