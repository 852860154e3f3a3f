using KubeIdP.Connectors.Ldap.Protocol;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// An answer that is an error, or is not the whole, is an outage of the directory: it must never be read as "nobody", or one wrong setting would
/// put a company out.
/// </summary>
internal static class DirectoryAnswer
{
    /// <exception cref="LdapFault">The answer is not a whole one.</exception>
    public static IReadOnlyList<LdapEntry> Whole(this SearchAnswer answer, string what)
    {
        if (!answer.Result.IsSuccess) throw Fault(answer.Result, what);
        if (!answer.IsComplete) throw new LdapFault(LdapFaultKind.ErrorAnswer, $"A part of the answer to {what} lies on another server ({answer.References[0]}), so it is not complete.");

        return answer.Entries;
    }

    public static LdapFault Fault(LdapResult result, string what) => new(
        result.Code is LdapResultCode.Busy or LdapResultCode.Unavailable ? LdapFaultKind.Unavailable : LdapFaultKind.ErrorAnswer,
        $"The directory answered {what} with {result}.");
}
