using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Login;

/// <summary>
/// The message for a person who must sign in again because their session has ended: when it ended, and who ended it. kubelogin does not
/// report a refused refresh; it opens the browser, and this is the first page that the person sees.
/// </summary>
/// <param name="What">A sentence.</param>
/// <param name="ReasonForPerson">The reason, when an administrator chose to show it.</param>
/// <param name="Reference">With which an administrator finds it: the reference of a request, or the id of the session.</param>
internal sealed record EndedSession(string What, string? ReasonForPerson, string Reference)
{
    /// <summary>Null for a live session.</summary>
    public static EndedSession? For(SessionEnd end, SessionOptions options) =>
        TextOf(end, options) is { } what ? new EndedSession(what, end.ReasonForPerson, end.Reference ?? end.SessionId) : null;

    private static string? TextOf(SessionEnd end, SessionOptions options)
    {
        // A change to a person sets the end on all their sessions, including those that had already expired; for those the expiry is shown,
        // unless a reason was given for the person.
        if (end.ReasonForPerson is null && OwnEndOf(end, options) is { } own) return own;
        if (end.EndedAt is not { } endedAt) return null;

        var at = Timestamp(endedAt);
        return end switch
        {
            { EndedWhy: GrantEnd.Idle } => Texts.SessionIdle.With(at),
            { EndedWhy: GrantEnd.PasswordChanged } => Texts.SessionPasswordChanged.With(at),

            // Stored as done by the person, but anyone with the link may have done it.
            { EndedWhy: GrantEnd.InvitationAccepted } => Texts.SessionInvitationAccepted.With(at),
            { EndedBy: { } by } when by == end.PersonId => Texts.SessionEndedByYou.With(at),

            // A refresh can be the first to notice that the account was disabled.
            { EndedWhy: GrantEnd.Disabled } => Texts.SessionEndedByAdministrator.With(at),
            { EndedBy: { } by } when by == Actor.Issuer.Name => Texts.SessionEndedByDirectory.With(at),
            _ => Texts.SessionEndedByAdministrator.With(at),
        };
    }

    /// <summary>How the session expired, by whichever limit came first; null when somebody ended it before it expired.</summary>
    private static string? OwnEndOf(SessionEnd end, SessionOptions options)
    {
        var over = end.EndedAt ?? end.Now;
        if (options.IdleTimeout is { } timeout && options.IsIdle(end.LastActiveAt, over) && end.LastActiveAt + timeout < end.EndsAt)
            return Texts.SessionIdle.With(Timestamp(end.LastActiveAt + timeout));
        return end.EndsAt <= over ? Texts.SessionTooLong.With(Timestamp(end.EndsAt)) : null;
    }

    // Pages have no scripts, so the time zone of the reader is unknown.
    private static string Timestamp(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
