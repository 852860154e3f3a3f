namespace KubeIdP.Data.Sessions;

/// <summary>Why a grant or a session is over, as stored.</summary>
public static class GrantEnd
{
    /// <summary>A superseded refresh token was presented: somebody holds a copy.</summary>
    public const string Replay = "replay";

    /// <summary>A code was presented twice (RFC 6749 §4.1.2).</summary>
    public const string CodeReplay = "code replay";

    /// <summary>The client gave it back (RFC 7009).</summary>
    public const string Revoked = "revoked by client";

    /// <summary>More live grants than one client may have in one session; the longest unused went.</summary>
    public const string Superseded = "superseded";

    public const string SignedOut = "signed out";

    /// <summary>The person ended it from another session.</summary>
    public const string EndedByPerson = "ended by the person";

    /// <summary>By the administration; the audit has by whom and why.</summary>
    public const string EndedByAdministrator = "ended by an administrator";

    public const string Idle = "idle";

    public const string Disabled = "disabled";

    /// <summary>The account is gone.</summary>
    public const string Removed = "removed";

    /// <summary>The password was changed, in another session or where the account lives: what the old one opened is over.</summary>
    public const string PasswordChanged = "password changed";

    public const string FactorsReset = "factors reset";

    /// <summary>An invitation gave the account a new password and factor: what the old ones opened is over.</summary>
    public const string InvitationAccepted = "invitation accepted";
}
