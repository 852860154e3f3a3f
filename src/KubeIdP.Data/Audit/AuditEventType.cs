namespace KubeIdP.Data.Audit;

/// <summary>The closed list of types of audit events. A name that was released keeps its meaning.</summary>
public static class AuditEventType
{
    public const string LoginSucceeded = "login.succeeded";
    public const string LoginRefused = "login.refused";
    public const string LoginUnlocked = "login.unlocked";
    public const string LoginSpraying = "login.spraying";
    public const string FactorRefused = "factor.refused";
    public const string FactorEnrolled = "factor.enrolled";
    public const string FactorRenamed = "factor.renamed";
    public const string FactorRemoved = "factor.removed";
    public const string RecoveryCodesMade = "factor.recovery_made";
    public const string RecoveryCodeUsed = "factor.recovery_used";

    /// <summary>
    /// Somebody who has signed in gets no code for a client: they are in none of its groups, or their token would be too large.
    /// </summary>
    public const string AuthorizationRefused = "authorization.refused";

    public const string GrantOpened = "grant.opened";
    public const string GrantEnded = "grant.ended";
    public const string GrantSuperseded = "grant.superseded";
    public const string CodeReplayed = "code.replayed";

    /// <summary>Somebody approved the code of another machine; the detail is that machine's address.</summary>
    public const string DeviceApproved = "device.approved";

    /// <summary>
    /// Somebody denied the code of another machine, or an administrator did, then with the person who had typed it, if somebody had. The
    /// detail is that machine's address.
    /// </summary>
    public const string DeviceDenied = "device.denied";

    /// <summary>A device code was presented after it had been redeemed: somebody holds a copy.</summary>
    public const string DeviceReplayed = "device.replayed";

    /// <summary>
    /// A request to the token endpoint was refused before its person was known: a wrong secret, or a code that is not valid.
    /// </summary>
    public const string TokenRefused = "token.refused";

    public const string RefreshRefused = "refresh.refused";
    public const string RefreshLostAnswer = "refresh.lost_answer";

    /// <summary>
    /// A refresh token is newer than the database, which has therefore lost committed writes, possibly including ended sessions.
    /// </summary>
    public const string RefreshLostWrite = "refresh.lost_write";
    public const string RefreshReplayed = "refresh.replayed";
    public const string SessionEnded = "session.ended";

    /// <summary>A factor was proven in a session that was too old or too weak; the detail is the methods of the session now.</summary>
    public const string SessionRaised = "session.raised";

    /// <summary>A client could not be notified of an ended session for a day.</summary>
    public const string LogoutUndelivered = "logout.undelivered";

    public const string PersonAdded = "person.added";
    public const string PersonInvited = "person.invited";
    public const string PersonDisabled = "person.disabled";
    public const string PersonEnabled = "person.enabled";
    public const string PersonRemoved = "person.removed";
    public const string PersonRenamed = "person.renamed";

    /// <summary>The display name of a local account was changed; the detail is the new name, if there is one.</summary>
    public const string DisplayNameChanged = "person.display_name_changed";
    public const string EnrolmentOffered = "enrolment.offered";
    public const string EnrolmentMailed = "enrolment.mailed";
    public const string EnrolmentOpen = "enrolment.open";
    public const string TokenTooLarge = "token.too_large";
    public const string TokenLarge = "token.large";

    /// <summary>
    /// A group was left out of this client's tokens, because its name with the client's prefix or renaming is not allowed in a token.
    /// </summary>
    public const string TokenGroupLeftOut = "token.group_left_out";
    public const string UpstreamUnreachable = "upstream.unreachable";
    public const string UpstreamRecovered = "upstream.recovered";
    public const string UpstreamServerFailed = "upstream.server_failed";
    public const string UpstreamServerRecovered = "upstream.server_recovered";
    public const string UpstreamDisappearance = "upstream.disappearance";

    /// <summary>A person's group was left out of tokens; the detail says which group and why.</summary>
    public const string UpstreamGroupLeftOut = "upstream.group_left_out";

    /// <summary>A name that was typed at a login belongs to several people of its upstream.</summary>
    public const string UpstreamNameShared = "upstream.name_shared";

    /// <summary>An upstream does not show how many wrong passwords lock an account; the detail says which number is assumed.</summary>
    public const string UpstreamLockOutUnknown = "upstream.lock_out_unknown";
    public const string GroupsChanged = "groups.changed";
    public const string InvitationAccepted = "invitation.accepted";
    public const string FactorsReset = "factors.reset";
    public const string PasswordChanged = "password.changed";
    public const string PasswordRefused = "password.refused";
    public const string SetupLinkMade = "setup.link_made";
    public const string SetupCompleted = "setup.completed";
    public const string KeyCreated = "key.created";
    public const string KeyRetired = "key.retired";
    public const string KeysRewrapped = "keys.rewrapped";

    /// <summary>
    /// A protected value could not be decrypted, so the request that needed it was refused; the detail names the value and the fix.
    /// </summary>
    public const string SecretUnreadable = "secret.unreadable";

    /// <summary>Events older than the configured retention were deleted, through the checkpoint that the detail names.</summary>
    public const string AuditPruned = "audit.pruned";

    /// <summary>All personal data of a person was exported.</summary>
    public const string PersonExported = "person.exported";

    /// <summary>The personal data of a person was erased, also from their audit events, whose codes remain valid.</summary>
    public const string PersonErased = "person.erased";

    public const string ConfigurationLoaded = "configuration.loaded";

    /// <summary>The database was replaced by a backup; everything after the time in the detail is lost.</summary>
    public const string DatabaseRestored = "database.restored";

    /// <summary>All types, sorted by name.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(AuditEventType).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal)];
}
