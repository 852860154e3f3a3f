using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>Signs a person in and stores the login. The caller holds the lock of the session.</summary>
internal sealed class Login(IssuerAccess access)
{
    private const string Scope = "openid self offline_access";

    /// <exception cref="CommandFault">The person is not signed in; those who wait for the lock are told the same.</exception>
    public async Task<SessionRecord> RunAsync(SignInWish wish, Surroundings here, FileLock held, CancellationToken ct)
    {
        try
        {
            held.Note("waiting for somebody to sign in", isSigningIn: true);
            return await SignInAsync(wish, here, ct);
        }
        catch (CommandFault fault)
        {
            held.LeaveFailure(fault.Message, access.Clock);
            throw;
        }
        catch (OperationCanceledException)
        {
            held.LeaveFailure("The sign-in was cancelled.", access.Clock);
            throw;
        }
    }

    private async Task<SessionRecord> SignInAsync(SignInWish wish, Surroundings here, CancellationToken ct)
    {
        var provider = await access.ProviderAsync(current: true, ct);
        var way = SignInWays.Choose(wish, here, provider.DeviceAuthorizationEndpoint is not null, access.Issuer);
        var signedIn = way is SignInWay.DeviceCode
            ? await ByDeviceCodeAsync(wish, ct)
            : await new BrowserSignIn(access).RunAsync(Scope, maxAge: null, open: way is SignInWay.Browser, ct);
        var session = new SessionRecord
        {
            Version = SessionRecord.CurrentVersion, Issuer = access.Issuer, CertificateAuthority = access.Authority?.Pem,
            Login = Guid.NewGuid().ToString("N"), Self = signedIn.Grant(access.Issuer), Person = PersonOf(signedIn.Id, access.Clock),
        };
        access.State.WriteSession(session);

        // Files of the former login are not used any more, whoever has written one meanwhile.
        access.State.DeleteClusters();
        access.State.MakeDefault();
        return session;
    }

    /// <summary>Discovery says whether any client has device codes, and only the request says whether this one has.</summary>
    private async Task<SignedIn> ByDeviceCodeAsync(SignInWish wish, CancellationToken ct)
    {
        try
        {
            return await new DeviceSignIn(access).RunAsync(Scope, ct);
        }
        catch (NoDeviceCode) when (!wish.DeviceCode)
        {
            return await new BrowserSignIn(access).RunAsync(Scope, maxAge: null, open: false, ct);
        }
    }

    /// <summary>What the ID token says; the API for oneself says more.</summary>
    private static StoredPerson PersonOf(IdToken id, TimeProvider clock) => new(
        id.Subject, id.Username ?? id.Email ?? id.Subject, id.Name, id.Email, Groups: [], EndsAt: null, KnownAt: clock.GetUtcNow());
}
