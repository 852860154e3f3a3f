namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// After how many wrong passwords the directory locks an account, for a directory that does not show this to the service account, for
/// example behind a proxy. The login page stops guesses before that. Where it can be read as well, the stricter of the two counts.
/// </summary>
public sealed record LdapLockOutOptions
{
    /// <summary>
    /// How many wrong passwords lock an account: <c>pwdMaxFailure</c>, <c>passwordMaxFailure</c>, <c>lockoutThreshold</c> or
    /// <c>krbPwdMaxFailure</c>; 0 if the directory locks no accounts. If several policies apply, the smallest. Default: the value that
    /// can be read; if none can be read, 3.
    /// </summary>
    public int? MaxFailures { get; init; }

    /// <summary>
    /// How long after the last wrong password the directory resets its counter: <c>pwdFailureCountInterval</c>,
    /// <c>passwordResetFailureCount</c>, <c>lockOutObservationWindow</c> or <c>krbPwdFailureCountInterval</c>. If several policies apply,
    /// the longest; if it is never reset, 30 days.
    /// </summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(30);
}
