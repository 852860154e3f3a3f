namespace KubeIdP.Data.Audit;

/// <summary>The closed list of types of audit events. A name, once shipped, keeps its meaning.</summary>
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
    public const string GrantOpened = "grant.opened";
    public const string GrantEnded = "grant.ended";
    public const string GrantSuperseded = "grant.superseded";
    public const string CodeReplayed = "code.replayed";

    /// <summary>At the token endpoint, before anybody could say whose token it was for: a wrong secret, a code that is no code.</summary>
    public const string TokenRefused = "token.refused";

    public const string RefreshRefused = "refresh.refused";
    public const string RefreshLostAnswer = "refresh.lost_answer";

    /// <summary>A refresh token is newer than the database: it has lost what it had committed, and with that perhaps the end of sessions.</summary>
    public const string RefreshLostWrite = "refresh.lost_write";
    public const string RefreshReplayed = "refresh.replayed";
    public const string SessionEnded = "session.ended";
    /// <summary>A client that is to be told when a session ends could not be, for a day.</summary>
    public const string LogoutUndelivered = "logout.undelivered";

    public const string PersonAdded = "person.added";
    public const string PersonInvited = "person.invited";
    public const string PersonDisabled = "person.disabled";
    public const string PersonEnabled = "person.enabled";
    public const string PersonRemoved = "person.removed";
    public const string PersonRenamed = "person.renamed";

    /// <summary>A local account's; the detail is the new one, if there is one.</summary>
    public const string DisplayNameChanged = "person.display_name_changed";
    public const string EnrolmentOffered = "enrolment.offered";
    public const string EnrolmentMailed = "enrolment.mailed";
    public const string EnrolmentOpen = "enrolment.open";
    public const string TokenTooLarge = "token.too_large";
    public const string TokenLarge = "token.large";

    /// <summary>A group that somebody is in can't stand in the tokens of this client with the prefix that the client's groups have.</summary>
    public const string TokenGroupLeftOut = "token.group_left_out";
    public const string UpstreamUnreachable = "upstream.unreachable";
    public const string UpstreamRecovered = "upstream.recovered";
    public const string UpstreamServerFailed = "upstream.server_failed";
    public const string UpstreamServerRecovered = "upstream.server_recovered";
    public const string UpstreamDisappearance = "upstream.disappearance";

    /// <summary>A group that somebody is in is left out of tokens; the detail says which and why.</summary>
    public const string UpstreamGroupLeftOut = "upstream.group_left_out";

    /// <summary>A name that somebody typed is that of several people of its upstream.</summary>
    public const string UpstreamNameShared = "upstream.name_shared";

    /// <summary>An upstream does not show how many wrong passwords lock an account; the detail says what is taken for it.</summary>
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

    /// <summary>Something protected did not open, and whoever needed it was refused; the detail says what, and the fix.</summary>
    public const string SecretUnreadable = "secret.unreadable";

    /// <summary>Events older than the configured retention were deleted, through the checkpoint that it names.</summary>
    public const string AuditPruned = "audit.pruned";

    /// <summary>All personal data of a person was exported.</summary>
    public const string PersonExported = "person.exported";

    /// <summary>The personal data of a person was erased; from their audit events too, whose codes still hold.</summary>
    public const string PersonErased = "person.erased";

    public const string ConfigurationLoaded = "configuration.loaded";

    /// <summary>A backup took the place of the database; what was done after the moment that it names is undone.</summary>
    public const string DatabaseRestored = "database.restored";

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(AuditEventType).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal)];
}
