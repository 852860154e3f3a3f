using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// An answer that is an error or incomplete is an outage of the directory. It must never be read as "there is nobody": otherwise one wrong
/// setting would sign out a whole company.
/// </summary>
internal static class DirectoryAnswer
{
    /// <exception cref="LdapException">The answer is not complete.</exception>
    public static IReadOnlyList<LdapEntry> Whole(this SearchAnswer answer, string what) => answer.IsComplete || !answer.Result.IsSuccess
        ? answer.Present(what)
        : throw new LdapException(LdapErrorKind.Referral,
            $"The answer to {what} is not complete: a part of it is on another server ({answer.References[0]}). {FixForReferral}");

    /// <summary>What was found. What was not found may be on another server.</summary>
    /// <exception cref="LdapException">The answer is an error.</exception>
    public static IReadOnlyList<LdapEntry> Present(this SearchAnswer answer, string what) =>
        answer.Result.IsSuccess ? answer.Entries : throw Fault(answer.Result, what);

    public const string FixForReferral = "Set users.base and groups.base to DNs that are on this directory server itself.";

    public static LdapException Fault(LdapResult result, string what) => result.Code switch
    {
        LdapResultCode.Busy or LdapResultCode.Unavailable =>
            new(LdapErrorKind.Unavailable, $"The directory answered {what} with {result}."),
        LdapResultCode.Referral => new(
            LdapErrorKind.Referral,
            $"The directory answered {what} with {result}, a referral to another server "
            + $"({string.Join(", ", result.Referrals.DefaultIfEmpty("it does not say which"))}). {FixForReferral}"),

        // In slapd the pages of a search count together (size.prtotal in slapd.conf(5)); in 389 Directory Server the limits are attributes
        // of the account.
        LdapResultCode.SizeLimitExceeded or LdapResultCode.AdminLimitExceeded => new(
            LdapErrorKind.ErrorAnswer,
            $"The directory limits what the service account may read, so the answer to {what} is not complete: {result}. Raise the limit: "
            + $"in OpenLDAP with limits dn.exact=\"THE BINDDN\" size=unlimited, in 389 Directory Server with nsSizeLimit, nsPagedSizeLimit "
            + $"and nsLookThroughLimit of its entry."),
        _ => new(LdapErrorKind.ErrorAnswer, $"The directory answered {what} with {result}."),
    };
}
