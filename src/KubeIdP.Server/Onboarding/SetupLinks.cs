using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Onboarding;

/// <summary>The closed set of answers to somebody who wants a setup link.</summary>
internal abstract record SetupLinkAnswer
{
    private SetupLinkAnswer()
    {
    }

    /// <param name="Url">Exists nowhere else: the database holds the token's hash.</param>
    /// <param name="ExpiresAt">After it another one must be made.</param>
    public sealed record Made(string Url, DateTimeOffset ExpiresAt) : SetupLinkAnswer;

    public sealed record AdministratorExists : SetupLinkAnswer;

    /// <summary>Another replica, or an earlier start, made one that is still good. Whoever did has shown it.</summary>
    public sealed record OtherIsGood : SetupLinkAnswer;

    /// <summary>No group of local accounts administers this server, so a local account would not be an administrator.</summary>
    public sealed record NotLocal : SetupLinkAnswer;
}

/// <summary>Makes the link by which a server without an administrator gets its first.</summary>
internal sealed class SetupLinks(SetupLinkStore store, Administrators administrators, IssuerUrl issuer, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>For a start of the server: leaves a link alone that is still good, for with several replicas each start would void the last one's.</summary>
    public Task<SetupLinkAnswer> EnsureAsync(CancellationToken ct) => MakeAsync(replace: false, new Actor("issuer"), ct);

    public Task<SetupLinkAnswer> ReplaceAsync(Actor by, CancellationToken ct) => MakeAsync(replace: true, by, ct);

    private async Task<SetupLinkAnswer> MakeAsync(bool replace, Actor by, CancellationToken ct)
    {
        if (await administrators.ExistAsync(ct)) return new SetupLinkAnswer.AdministratorExists();
        if (administrators.LocalGroup is null) return new SetupLinkAnswer.NotLocal();

        var token = LinkToken.Create();
        if (await store.MakeAsync(new OneTimeSecret(LinkToken.Hash(token), Lifetime), replace, by, ct))
            return new SetupLinkAnswer.Made(Links.SetupUrl(issuer, token), clock.GetUtcNow() + Lifetime);

        return replace ? new SetupLinkAnswer.AdministratorExists() : new SetupLinkAnswer.OtherIsGood();
    }
}
