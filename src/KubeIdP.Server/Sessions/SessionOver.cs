using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Sessions;

/// <summary>How a session ended, as its person may know it: the login page and the terminal say the same.</summary>
/// <param name="By">Who or what ended it.</param>
/// <param name="At">When.</param>
internal readonly record struct SessionOver(SessionOver.Cause By, DateTimeOffset At)
{
    /// <summary>The closed set of what ends a session.</summary>
    public enum Cause
    {
        /// <summary>It was not used for too long.</summary>
        Idle,

        /// <summary>It reached its maximum lifetime.</summary>
        TooLong,

        PasswordChanged,

        /// <summary>An invitation gave the account a new password and factor.</summary>
        InvitationAccepted,

        /// <summary>The person, in this session or in another.</summary>
        Person,

        Administrator,

        /// <summary>The person's directory refused the account.</summary>
        Directory,
    }

    /// <summary>Null for a live session.</summary>
    public static SessionOver? Of(SessionEnd end, SessionOptions options)
    {
        // A change to a person sets the end on all their sessions, including those that had already expired; for those the expiry is shown,
        // unless a reason was given for the person.
        if (end.ReasonForPerson is null && OwnEndOf(end, options) is { } own) return own;
        return end.EndedAt is { } endedAt ? new SessionOver(CauseOf(end), endedAt) : null;
    }

    private static Cause CauseOf(SessionEnd end) => end switch
    {
        { EndedWhy: GrantEnd.Idle } => Cause.Idle,
        { EndedWhy: GrantEnd.PasswordChanged } => Cause.PasswordChanged,

        // Stored as done by the person, but anyone with the link may have done it.
        { EndedWhy: GrantEnd.InvitationAccepted } => Cause.InvitationAccepted,
        { EndedBy: { } by } when by == end.PersonId => Cause.Person,

        // A refresh can be the first to notice that the account was disabled.
        { EndedWhy: GrantEnd.Disabled } => Cause.Administrator,
        { EndedBy: { } by } when by == Actor.Issuer.Name => Cause.Directory,
        _ => Cause.Administrator,
    };

    /// <summary>How the session expired, by whichever limit came first; null when somebody ended it before it expired.</summary>
    private static SessionOver? OwnEndOf(SessionEnd end, SessionOptions options)
    {
        var over = end.EndedAt ?? end.Now;
        if (options.IdleTimeout is { } timeout && options.IsIdle(end.LastActiveAt, over) && end.LastActiveAt + timeout < end.EndsAt)
            return new SessionOver(Cause.Idle, end.LastActiveAt + timeout);
        return end.EndsAt <= over ? new SessionOver(Cause.TooLong, end.EndsAt) : null;
    }
}
