using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// An answer that is an error, or is not the whole, is an outage of the directory: it must never be read as "nobody", or one wrong setting
/// would put a company out.
/// </summary>
internal static class DirectoryAnswer
{
    /// <exception cref="LdapException">The answer is not a whole one.</exception>
    public static IReadOnlyList<LdapEntry> Whole(this SearchAnswer answer, string what) => answer.IsComplete || !answer.Result.IsSuccess
        ? answer.Present(what)
        : throw new LdapException(LdapErrorKind.Referral,
            $"A part of the answer to {what} lies on another server ({answer.References[0]}), so it is not complete. {FixForReferral}");

    /// <summary>What was found. Nothing follows for what was not: it may lie on another server.</summary>
    /// <exception cref="LdapException">The answer is an error.</exception>
    public static IReadOnlyList<LdapEntry> Present(this SearchAnswer answer, string what) =>
        answer.Result.IsSuccess ? answer.Entries : throw Fault(answer.Result, what);

    public const string FixForReferral = "Let users.base and groups.base name what this directory holds itself.";

    public static LdapException Fault(LdapResult result, string what) => result.Code switch
    {
        LdapResultCode.Busy or LdapResultCode.Unavailable =>
            new(LdapErrorKind.Unavailable, $"The directory answered {what} with {result}."),
        LdapResultCode.Referral => new(
            LdapErrorKind.Referral,
            $"The directory answered {what} with {result}: another server is to be asked "
            + $"({string.Join(", ", result.Referrals.DefaultIfEmpty("it does not say which"))}). {FixForReferral}"),

        // In slapd the pages of a search count together (size.prtotal in slapd.conf(5)); in 389 Directory Server the limits are attributes
        // of the account.
        LdapResultCode.SizeLimitExceeded or LdapResultCode.AdminLimitExceeded => new(
            LdapErrorKind.ErrorAnswer,
            $"The directory does not give the service account the whole answer to {what}: {result}. Raise the account's limit there: in "
            + $"OpenLDAP with limits dn.exact=\"THE BINDDN\" size=unlimited, in 389 Directory Server with nsSizeLimit, nsPagedSizeLimit "
            + $"and nsLookThroughLimit of its entry."),
        _ => new(LdapErrorKind.ErrorAnswer, $"The directory answered {what} with {result}."),
    };
}
