using System.Globalization;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Sessions;
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
        SessionOver.Of(end, options) is { } over
            ? new EndedSession(TextOf(over), end.ReasonForPerson, end.Reference ?? end.SessionId)
            : null;

    private static string TextOf(SessionOver over)
    {
        var at = Timestamp(over.At);
        return over.By switch
        {
            SessionOver.Cause.Idle => Texts.SessionIdle.With(at),
            SessionOver.Cause.TooLong => Texts.SessionTooLong.With(at),
            SessionOver.Cause.PasswordChanged => Texts.SessionPasswordChanged.With(at),
            SessionOver.Cause.InvitationAccepted => Texts.SessionInvitationAccepted.With(at),
            SessionOver.Cause.Person => Texts.SessionEndedByYou.With(at),
            SessionOver.Cause.Administrator => Texts.SessionEndedByAdministrator.With(at),
            SessionOver.Cause.Directory => Texts.SessionEndedByDirectory.With(at),
            _ => throw new ArgumentOutOfRangeException(nameof(over)),
        };
    }

    // Pages have no scripts, so the time zone of the reader is unknown.
    private static string Timestamp(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
