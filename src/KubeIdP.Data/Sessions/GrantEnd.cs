namespace KubeIdP.Data.Sessions;

/// <summary>Why a grant or a session is over, as stored.</summary>
public static class GrantEnd
{
    /// <summary>A superseded refresh token was presented: somebody holds a copy.</summary>
    public const string Replay = "replay";

    /// <summary>A code was presented twice (RFC 6749 §4.1.2).</summary>
    public const string CodeReplay = "code replay";

    /// <summary>The client revoked it (RFC 7009).</summary>
    public const string Revoked = "revoked by client";

    /// <summary>One client had too many live grants in one session; this one had been unused for longest.</summary>
    public const string Superseded = "superseded";

    /// <summary>A device code was approved, and the machine that had asked for it never came for its tokens.</summary>
    public const string NotCollected = "not collected";

    public const string SignedOut = "signed out";

    /// <summary>The person ended it from another session.</summary>
    public const string EndedByPerson = "ended by the person";

    /// <summary>An administrator ended it; the audit log records who and why.</summary>
    public const string EndedByAdministrator = "ended by an administrator";

    public const string Idle = "idle";

    public const string Disabled = "disabled";

    /// <summary>The account is gone.</summary>
    public const string Removed = "removed";

    /// <summary>The password was changed, in another session or at the upstream; the sessions that the old one opened have ended.</summary>
    public const string PasswordChanged = "password changed";

    public const string FactorsReset = "factors reset";

    /// <summary>An invitation gave the account a new password and factor; the sessions that the old ones opened have ended.</summary>
    public const string InvitationAccepted = "invitation accepted";
}
