using KubeIdP.Cli.Network;
using KubeIdP.Cli.SignIn;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.Token;

/// <summary>
/// Gets a token of a cluster from the issuer, once for all processes that need it: by the cluster's own grant, else from the login
/// (RFC 8693), else after a sign-in. Only the server's word ends a grant. An outage ends nothing and starts no sign-in.
/// </summary>
/// <param name="canSignIn">Whether there is a person who can.</param>
internal sealed class TokenRenewal(IssuerAccess access, string cluster, bool canSignIn, Surroundings here)
{
    private static readonly TimeSpan OutageInterval = TimeSpan.FromSeconds(10);

    private readonly SelfGrant self = new(access);
    private readonly HashSet<string> said = new(StringComparer.Ordinal);

    /// <param name="refused">The token that an API server has refused; null if it was only old.</param>
    /// <exception cref="CommandFault">There is none, and why.</exception>
    public async Task<ClusterRecord> RunAsync(ClusterRecord? refused, CancellationToken ct)
    {
        FileLock? held;
        try
        {
            access.State.Prepare();
            held = await access.State.LockClusterAsync(
                cluster, $"getting a token for {cluster}", () => Usable(refused) is not null, access.Say, access.Clock, ct);
        }
        catch (CommandFault fault) when (fault is LockBusy or StateFault && StillValid() is not null)
        {
            // Where nothing can be stored, as on a full disk, nothing is asked for either: a refresh token would be lost.
            if (fault is StateFault) Say(fault.Message);
            return StillValid()!;
        }

        using (held) return Usable(refused) ?? await UnderLockAsync(refused, held!, ct);
    }

    private async Task<ClusterRecord> UnderLockAsync(ClusterRecord? refused, FileLock held, CancellationToken ct)
    {
        // While the issuer is away, each of many processes would wait for it in turn.
        if (refused is null && StillValid() is { } valid && held.HasFailedWithin(OutageInterval, access.Clock))
        {
            held.KeepFailure();
            return valid;
        }

        if (held.FailureMeanwhile is { } failure)
        {
            held.KeepFailure();
            return StillValid() ?? throw new CommandFault(failure);
        }

        try
        {
            return await RenewAsync(isAfterRefusal: refused is not null, held, ct);
        }
        catch (CommandFault fault)
        {
            held.LeaveFailure(fault.Message, access.Clock);
            if (fault is not (Outage or LockBusy or StateFault) || StillValid() is not { } lasting) throw;

            if (refused is not null || fault is StateFault) Say(fault.Message);
            return lasting;
        }
        catch (OperationCanceledException)
        {
            held.LeaveFailure("It was cancelled.", access.Clock);
            throw;
        }
    }

    private async Task<ClusterRecord> RenewAsync(bool isAfterRefusal, FileLock held, CancellationToken ct)
    {
        string? lost = null;
        if (Stored() is { } stored)
        {
            var asked = access.Now;
            switch (await access.RefreshAsync(cluster, stored.RefreshToken, ct))
            {
                case OAuthAnswer.Issued(var tokens):
                    return Keep(tokens.IdToken, tokens, asked, stored.Login, stored.RefreshToken, isAfterRefusal);
                case OAuthAnswer.Refused { IsOver: true } over:
                    // That of the cluster is over; whether the login is as well, the exchange shows.
                    access.State.DeleteCluster(cluster);
                    lost = over.Sentence;
                    break;
                case OAuthAnswer.Refused refused:
                    throw new CommandFault(refused.Sentence);
            }
        }

        return await ExchangeAsync(lost, isAfterRefusal, held, ct);
    }

    /// <param name="lost">
    /// Why the grant of the cluster is over; null if there was none. If the exchange is refused, this is for the same reason, which is said
    /// once.
    /// </param>
    private async Task<ClusterRecord> ExchangeAsync(string? lost, bool isAfterRefusal, FileLock held, CancellationToken ct)
    {
        for (string? refusedToken = null; ;)
        {
            var login = await self.GetAsync(refusedToken, ct);
            if (login is SelfToken.Over(var sentence))
            {
                if (lost is not null) Say(lost);
                if (sentence is not null) Say(sentence);
                await SignInAsync(held, ct);
                refusedToken = null;
                continue;
            }

            var (token, session, asked) = (((SelfToken.Usable)login).AccessToken, access.State.ReadSession(), access.Now);
            var answer = await access.AskAsync(Exchange(token), ct);
            if (answer is OAuthAnswer.Issued(var tokens))
            {
                if (lost is not null) Say(lost);
                return Keep(tokens.AccessToken, tokens, asked, session?.Login ?? "", formerRefreshToken: null, isAfterRefusal);
            }

            // The refresh of the login tells apart whether it is over, or this person may not use this cluster: only the first needs a
            // sign-in.
            var refusal = (OAuthAnswer.Refused)answer;
            if (!refusal.IsOver || refusedToken is not null) throw new CommandFault(refusal.Sentence);
            refusedToken = token;
        }
    }

    private KeyValuePair<string, string>[] Exchange(string selfToken) =>
    [
        new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        new("client_id", OAuthClient.OwnId),
        new("subject_token", selfToken),
        new("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        new("requested_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        new("audience", cluster),
    ];

    private async Task SignInAsync(FileLock held, CancellationToken ct)
    {
        if (!canSignIn) throw new NotSignedIn(access, sentence: null);

        held.Note($"waiting for somebody to sign in, for {cluster}", isSigningIn: true);
        using var session = await access.State.LockSessionAsync("signing in", IsSignedIn, access.Say, access.Clock, ct);
        if (session is null || IsSignedIn()) return;
        if (session.FailureMeanwhile is { } failure) throw new CommandFault(failure);

        await new Login(access).RunAsync(new SignInWish(), here, session, ct);
    }

    private bool IsSignedIn() => access.State.ReadSession()?.Self is not null;

    /// <summary>Stores it before it is used, so that a kill loses no refresh token.</summary>
    private ClusterRecord Keep(
        string? token, TokenAnswer tokens, Moment asked, string login, string? formerRefreshToken, bool isAfterRefusal)
    {
        var id = token is null ? null : IdToken.Read(token);
        if (IdToken.FaultOf(id, access.Issuer, cluster) is { } fault) throw new CommandFault(fault);
        if ((tokens.RefreshToken ?? formerRefreshToken) is not { Length: > 0 } refreshToken)
            throw new CommandFault($"{access.Issuer} answered without a refresh token for {cluster}.");

        var record = new ClusterRecord
        {
            Version = ClusterRecord.CurrentVersion, Issuer = access.Issuer, Cluster = cluster, Login = login, Token = token!,
            RefreshToken = refreshToken, Life = Lifespan.From(asked, LifetimeOf(tokens, id!)), AfterRefusal = isAfterRefusal,
        };
        access.State.WriteCluster(record);
        new ServedTokens(access.State.ServedPath(cluster)).Clear();
        return record;
    }

    /// <summary>The shorter one: <c>expires_in</c> may be that of another token in the same answer.</summary>
    private static TimeSpan LifetimeOf(TokenAnswer tokens, IdToken id)
    {
        var stated = tokens.ExpiresIn is { } seconds and > 0 ? StatedTime.Of(seconds) : (TimeSpan?)null;
        return stated is null || id.Lifetime < stated ? id.Lifetime ?? TimeSpan.Zero : stated.Value;
    }

    private ClusterRecord? Stored() => access.State.ReadCluster(cluster, access.State.ReadSession());

    /// <summary>A fresh one; null also for that which an API server has refused.</summary>
    private ClusterRecord? Usable(ClusterRecord? refused) =>
        Stored() is { } stored && stored.Life.IsFresh(access.Now) && stored.Token != refused?.Token ? stored : null;

    private ClusterRecord? StillValid() => Stored() is { } stored && TokenDecision.IsStillValid(stored, access.Now) ? stored : null;

    /// <summary>Once: the grant of a cluster and the login often end for the same reason, with another reference each.</summary>
    private void Say(string sentence)
    {
        if (said.Add(sentence.Split(" (reference ")[0])) access.Say(sentence);
    }
}
