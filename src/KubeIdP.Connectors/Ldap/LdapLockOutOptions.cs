namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// How the directory locks an account after wrong passwords, where it does not show that to our account, as behind a proxy. Guesses at the login page end
/// before. Where it can be read as well, the stricter of the two counts.
/// </summary>
public sealed record LdapLockOutOptions
{
    /// <summary>
    /// How many wrong passwords lock an account: <c>pwdMaxFailure</c>, <c>passwordMaxFailure</c>, <c>lockoutThreshold</c> or <c>krbPwdMaxFailure</c>; 0 when
    /// the directory locks nobody. Of several policies the smallest. Default: what can be read, and where nothing can, 3.
    /// </summary>
    public int? MaxFailures { get; init; }

    /// <summary>
    /// After how long without another one the directory forgets them: <c>pwdFailureCountInterval</c>, <c>passwordResetFailureCount</c>,
    /// <c>lockOutObservationWindow</c> or <c>krbPwdFailureCountInterval</c>. Of several policies the longest; where they are never forgotten, 30 days.
    /// </summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(30);
}
