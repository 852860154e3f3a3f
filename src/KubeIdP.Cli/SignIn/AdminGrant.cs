using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>
/// The access token of an administrator or auditor, for the API. It is a grant of its own: it needs a proof of the person that is at most
/// fifteen minutes old, so it comes from a browser and is never given for a device code.
/// </summary>
internal sealed class AdminGrant(IssuerAccess access)
{
    private const string Scope = "openid admin offline_access";

    // A login that is up to ten minutes old leaves five for what follows.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RefreshableFor = TimeSpan.FromMinutes(15);

    /// <param name="refused">
    /// An access token that the API has refused with <c>insufficient_user_authentication</c>, or as over; null at first. It is not used
    /// again, and the person signs in anew.
    /// </param>
    /// <exception cref="Outage">The server did not answer.</exception>
    /// <exception cref="CommandFault">The person is not signed in.</exception>
    public async Task<string> GetAsync(string? refused, CancellationToken ct)
    {
        if (Stored(refused) is { } known) return known;

        access.State.Prepare();
        using var held = await access.State.LockSessionAsync(
            "signing in for the administration", () => Stored(refused) is not null, access.Say, access.Clock, ct);
        return held is null
            ? Stored(refused)!
            : Stored(refused) ?? (refused is null ? await RefreshAsync(ct) : null) ?? await SignInAsync(held, ct);
    }

    private string? Stored(string? refused) =>
        access.State.ReadSession()?.Admin is { } admin && admin.Life.IsFresh(access.Now) && admin.AccessToken != refused
            ? admin.AccessToken
            : null;

    /// <summary>Null if the person must sign in.</summary>
    private async Task<string?> RefreshAsync(CancellationToken ct)
    {
        var (session, asked) = (access.State.ReadSession(), access.Now);
        if (session?.Admin is not { Refreshable: { } refreshable } admin || refreshable.Left(asked) == TimeSpan.Zero) return null;

        if (await access.RefreshAsync(OAuthClient.OwnId, admin.RefreshToken, ct) is not OAuthAnswer.Issued(var tokens))
        {
            access.State.WriteSession(session with { Admin = null });
            return null;
        }

        var grant = SignedIn.GrantOf(tokens, asked, tokens.RefreshToken ?? admin.RefreshToken, access.Issuer);
        access.State.WriteSession(session with { Admin = grant with { Refreshable = refreshable } });
        return grant.AccessToken;
    }

    private async Task<string> SignInAsync(FileLock held, CancellationToken ct)
    {
        held.Note("waiting for an administrator to sign in", isSigningIn: true);
        var here = Surroundings.OfThisProcess();
        var signedIn = await new BrowserSignIn(access).RunAsync(Scope, MaxAge, open: here.HasBrowser, ct);
        var grant = signedIn.Grant(access.Issuer) with { Refreshable = Lifespan.From(signedIn.Asked, RefreshableFor) };
        var session = access.State.ReadSession() ?? new SessionRecord
        {
            Version = SessionRecord.CurrentVersion, Issuer = access.Issuer, CertificateAuthority = access.Authority?.Pem,
            Login = Guid.NewGuid().ToString("N"),
        };
        access.State.WriteSession(session with { Admin = grant });
        access.State.MakeDefault();

        // What it replaces would be good for the administration until its session ends.
        await Revocation.TryAsync(access, session with { Self = null }, ct);
        return grant.AccessToken;
    }
}
