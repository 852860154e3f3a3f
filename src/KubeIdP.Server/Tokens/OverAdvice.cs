using System.Globalization;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Sessions;

namespace KubeIdP.Server.Tokens;

/// <summary>
/// The sentences for a person at a terminal whose tokens are refused because the session has ended, or only what this client has in it.
/// </summary>
internal static class OverAdvice
{
    /// <summary>When the session was deleted long ago, or never was.</summary>
    public const string Unknown = "The session has ended. Sign in again.";

    /// <param name="over">How the session ended; null: it has not.</param>
    /// <param name="reason">The reason that an administrator chose to show to the person; null: none.</param>
    /// <param name="grantEnd">Why the grant itself ended, one of <see cref="GrantEnd"/>; null: it has not, or nobody knows.</param>
    public static string Of(SessionOver? over, string? reason, string? grantEnd)
    {
        if (over is null) return OfGrant(grantEnd);

        var at = Timestamp(over.Value.At);
        var what = over.Value.By switch
        {
            SessionOver.Cause.Idle => $"The session ended at {at}, because it was not used for too long.",
            SessionOver.Cause.TooLong => $"The session reached its maximum lifetime at {at}.",
            SessionOver.Cause.PasswordChanged => $"The session ended at {at}, because the password was changed.",
            SessionOver.Cause.InvitationAccepted =>
                $"The session ended at {at}, because an invitation link gave the account a new password and second factor.",
            SessionOver.Cause.Person => $"You ended this session at {at}.",
            SessionOver.Cause.Administrator => $"An administrator ended this session at {at}.",
            SessionOver.Cause.Directory => $"The directory of this account refused it at {at}, so the session ended.",
            _ => throw new ArgumentOutOfRangeException(nameof(over)),
        };
        return reason is null ? $"{what} Sign in again." : $"{what} Reason: {reason}. Sign in again.";
    }

    private static string OfGrant(string? grantEnd) => grantEnd switch
    {
        GrantEnd.Replay or GrantEnd.CodeReplay =>
            "A copy of this login's token was used, so what this client had in the session has ended. Sign in again.",
        GrantEnd.Superseded => "This client has signed in too often in one session, so its oldest login has ended. Sign in again.",
        GrantEnd.EndedByAdministrator => "An administrator ended what this client had in the session. Sign in again.",
        GrantEnd.Revoked => "This program has signed out. Sign in again.",
        _ => Unknown,
    };

    private static string Timestamp(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
