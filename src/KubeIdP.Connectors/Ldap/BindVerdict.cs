using KubeIdP.Connectors.ActiveDirectory;
using KubeIdP.Connectors.Ldap.Protocol;
using KubeIdP.Core.Upstreams;

namespace KubeIdP.Connectors.Ldap;

/// <summary>What the answer to somebody's password means.</summary>
internal static class BindVerdict
{
    /// <summary>Null when the directory has let the person in.</summary>
    /// <exception cref="LdapFault">The answer says something about the directory, and nothing about the person.</exception>
    public static UpstreamAnswer.Refused? Of(LdapResult result) => result.Code switch
    {
        LdapResultCode.Success => null,
        LdapResultCode.InvalidCredentials => BindSubCode.Read(result.Message) ?? new(Refusal.WrongPassword),

        // The entry has no password, so there is none that would be right.
        LdapResultCode.InappropriateAuthentication => new(Refusal.WrongPassword),

        // 389 Directory Server: too many wrong passwords.
        LdapResultCode.ConstraintViolation => new(Refusal.LockedOut),

        // 389 Directory Server: the account is switched off (nsAccountLock).
        LdapResultCode.UnwillingToPerform when result.Message.Contains("inactivated", StringComparison.OrdinalIgnoreCase) => new(Refusal.Disabled),
        _ => throw DirectoryAnswer.Fault(result, "the bind of a person"),
    };
}
