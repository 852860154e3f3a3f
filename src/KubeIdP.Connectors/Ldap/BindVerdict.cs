using KubeIdP.Connectors.ActiveDirectory;
using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>What the answer to somebody's password means.</summary>
internal static class BindVerdict
{
    /// <summary>Null when the person may sign in, and not only to change the password.</summary>
    /// <exception cref="LdapException">The answer is about the directory, not about the person.</exception>
    public static UpstreamAnswer.Refused? Of(LdapResult result) => result.Code switch
    {
        LdapResultCode.Success => OfPassword(result.Password),
        LdapResultCode.InvalidCredentials => BindSubCode.Read(result.Message) ?? OfPassword(result.Password) ?? new(Refusal.WrongPassword),

        // The entry has no password, so there is none that would be right.
        LdapResultCode.InappropriateAuthentication => new(Refusal.WrongPassword),

        // 389 Directory Server: nobody has signed in for too long, or too many wrong passwords.
        LdapResultCode.ConstraintViolation =>
            new(result.Message.Contains("inactivity", StringComparison.OrdinalIgnoreCase) ? Refusal.Expired : Refusal.LockedOut),

        // 389 Directory Server: the account is disabled (nsAccountLock).
        LdapResultCode.UnwillingToPerform when result.Message.Contains("inactivated", StringComparison.OrdinalIgnoreCase) =>
            new(Refusal.Disabled),
        _ => throw DirectoryAnswer.Fault(result, "the bind of a person"),
    };

    // Servers look at the age of a password only after it was right (draft-behera-ldap-password-policy-11 §7.1), at the lock before.
    private static UpstreamAnswer.Refused? OfPassword(PasswordState? state) => state switch
    {
        PasswordState.Expired => new(Refusal.PasswordExpired) { IdentityProven = true },
        PasswordState.MustChange => new(Refusal.MustChangePassword) { IdentityProven = true },
        PasswordState.Locked => new(Refusal.LockedOut),
        _ => null,
    };
}
