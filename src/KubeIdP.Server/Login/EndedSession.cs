using System.Globalization;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Shared;
using SessionOptions = KubeIdP.Server.Sessions.SessionOptions;

namespace KubeIdP.Server.Login;

/// <summary>
/// What somebody reads who must sign in again because their session has ended: when, and by whose act. kubelogin says nothing of a refused refresh; it opens the
/// browser, and this is the first page that the person sees.
/// </summary>
/// <param name="What">A sentence.</param>
/// <param name="Told">The reason, where an administrator chose to tell it.</param>
/// <param name="Reference">By which an administrator finds it: a request, or the session itself.</param>
internal sealed record EndedSession(string What, string? Told, string Reference)
{
    /// <summary>Null for a session that lives.</summary>
    public static EndedSession? For(SessionEnd end, SessionOptions options) => WordsOf(end, options) is { } what ? new EndedSession(what, end.Told, end.Reference ?? end.SessionId) : null;

    private static string? WordsOf(SessionEnd end, SessionOptions options)
    {
        if (end.EndedAt is not { } endedAt)
        {
            if (end.EndsAt <= end.Now) return Texts.SessionTooLong.With(Moment(end.EndsAt));
            return options.IdleTimeout is { } timeout && options.IsIdle(end.LastActiveAt, end.Now) ? Texts.SessionIdle.With(Moment(end.LastActiveAt + timeout)) : null;
        }

        var at = Moment(endedAt);
        return end switch
        {
            { EndedWhy: GrantEnd.Idle } => Texts.SessionIdle.With(at),
            { EndedWhy: GrantEnd.PasswordChanged } => Texts.SessionPasswordChanged.With(at),
            { EndedBy: { } by } when by == end.PersonId => Texts.SessionEndedByYou.With(at),

            // A refresh can be the first to notice that the account was disabled.
            { EndedWhy: GrantEnd.Disabled } => Texts.SessionEndedByAdministrator.With(at),
            { EndedBy: { } by } when by == Actor.Issuer.Name => Texts.SessionEndedByDirectory.With(at),
            _ => Texts.SessionEndedByAdministrator.With(at),
        };
    }

    // Without a script nobody knows the reader's time zone.
    private static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
