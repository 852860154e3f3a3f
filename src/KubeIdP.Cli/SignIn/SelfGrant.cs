using KubeIdP.Cli.Network;
using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.SignIn;

/// <summary>The access token of the login itself, which is refreshed once for all processes that need it.</summary>
internal sealed class SelfGrant(IssuerAccess access)
{
    /// <param name="refused">An access token that the server has refused, which is not used again.</param>
    /// <exception cref="Outage">The server did not answer.</exception>
    public async Task<SelfToken> GetAsync(string? refused, CancellationToken ct)
    {
        if (Stored(refused) is { } known) return known;

        access.State.Prepare();
        using var held = await access.State.LockSessionAsync(
            "refreshing the login", () => Stored(refused) is not null, access.Say, access.Clock, ct);
        return held is null ? Stored(refused)! : await RefreshAsync(refused, held, ct);
    }

    /// <summary>The same for a caller that holds the lock of the session.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<SelfToken> RefreshAsync(string? refused, FileLock held, CancellationToken ct)
    {
        if (Stored(refused) is { } known) return known;
        if (held.FailureMeanwhile is { } failure) throw new Outage(failure);

        var (session, asked) = (access.State.ReadSession()!, access.Now);
        OAuthAnswer answer;
        try
        {
            answer = await access.RefreshAsync(OAuthClient.OwnId, session.Self!.RefreshToken, ct);
        }
        catch (Outage outage)
        {
            held.LeaveFailure(outage.Message, access.Clock);
            throw;
        }

        switch (answer)
        {
            case OAuthAnswer.Issued(var tokens):
                var grant = SignedIn.GrantOf(tokens, asked, tokens.RefreshToken ?? session.Self.RefreshToken, access.Issuer);
                access.State.WriteSession(session with { Self = grant });
                return new SelfToken.Usable(grant.AccessToken);
            case OAuthAnswer.Refused { IsOver: true } over:
                access.State.WriteSession(session with { Self = null });
                return new SelfToken.Over(over.Sentence);
            default:
                throw new CommandFault(((OAuthAnswer.Refused)answer).Sentence);
        }
    }

    /// <summary>What the file decides; null if the server must be asked.</summary>
    private SelfToken? Stored(string? refused) => access.State.ReadSession()?.Self switch
    {
        null => new SelfToken.Over(null),
        { } self when self.Life.IsFresh(access.Now) && self.AccessToken != refused => new SelfToken.Usable(self.AccessToken),
        _ => null,
    };
}

/// <summary>Whether somebody is signed in.</summary>
internal abstract record SelfToken
{
    private SelfToken()
    {
    }

    public sealed record Usable(string AccessToken) : SelfToken;

    /// <param name="Sentence">Why the login is over, as the server has just said; null if nobody is signed in.</param>
    public sealed record Over(string? Sentence) : SelfToken;
}
