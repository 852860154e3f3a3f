using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Login;

/// <summary>
/// What somebody reads who must sign in again because their session has ended: when, and by whose act. kubelogin says nothing of a refused refresh; it opens the
/// browser, and this is the first page that the person sees.
/// </summary>
/// <param name="What">A sentence.</param>
/// <param name="ReasonForPerson">The reason, where an administrator chose to tell it.</param>
/// <param name="Reference">By which an administrator finds it: a request, or the session itself.</param>
internal sealed record EndedSession(string What, string? ReasonForPerson, string Reference)
{
    /// <summary>Null for a session that lives.</summary>
    public static EndedSession? For(SessionEnd end, SessionOptions options) => WordsOf(end, options) is { } what ? new EndedSession(what, end.ReasonForPerson, end.Reference ?? end.SessionId) : null;

    private static string? WordsOf(SessionEnd end, SessionOptions options)
    {
        // What is done to a person stamps all of their sessions, those too that were over by then. A reason that is told needs its teller.
        if (end.ReasonForPerson is null && OwnEndOf(end, options) is { } own) return own;
        if (end.EndedAt is not { } endedAt) return null;

        var at = Moment(endedAt);
        return end switch
        {
            { EndedWhy: GrantEnd.Idle } => Texts.SessionIdle.With(at),
            { EndedWhy: GrantEnd.PasswordChanged } => Texts.SessionPasswordChanged.With(at),

            // Stored as the person's act, but whoever had the link did it.
            { EndedWhy: GrantEnd.InvitationAccepted } => Texts.SessionInvitationAccepted.With(at),
            { EndedBy: { } by } when by == end.PersonId => Texts.SessionEndedByYou.With(at),

            // A refresh can be the first to notice that the account was disabled.
            { EndedWhy: GrantEnd.Disabled } => Texts.SessionEndedByAdministrator.With(at),
            { EndedBy: { } by } when by == Actor.Issuer.Name => Texts.SessionEndedByDirectory.With(at),
            _ => Texts.SessionEndedByAdministrator.With(at),
        };
    }

    /// <summary>How it ended by itself, whichever came first; null when it did not before somebody ended it.</summary>
    private static string? OwnEndOf(SessionEnd end, SessionOptions options)
    {
        var over = end.EndedAt ?? end.Now;
        if (options.IdleTimeout is { } timeout && options.IsIdle(end.LastActiveAt, over) && end.LastActiveAt + timeout < end.EndsAt)
            return Texts.SessionIdle.With(Moment(end.LastActiveAt + timeout));
        return end.EndsAt <= over ? Texts.SessionTooLong.With(Moment(end.EndsAt)) : null;
    }

    // Without a script nobody knows the reader's time zone.
    private static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
