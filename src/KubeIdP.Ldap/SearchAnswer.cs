namespace KubeIdP.Ldap;

/// <summary>What a search brought. Only one that <see cref="IsComplete"/> may be read as "and there is nothing else".</summary>
/// <param name="References">
/// Other servers that hold a part of what was asked for; they are not followed. Objects of the directory that only refer to one are no part
/// of it.
/// </param>
public sealed record SearchAnswer(LdapResult Result, IReadOnlyList<LdapEntry> Entries, IReadOnlyList<string> References)
{
    public bool IsComplete => Result.IsSuccess && References.Count == 0;
}
