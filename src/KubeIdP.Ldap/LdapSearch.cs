namespace KubeIdP.Ldap;

/// <summary>A question to a directory.</summary>
/// <param name="Base">A DN; empty for the entry in which a server describes itself.</param>
/// <param name="Attributes">
/// What to return. Never empty in a request, for that would mean everything: none is written <c>1.1</c>.
/// </param>
public sealed record LdapSearch(string Base, SearchScope Scope, LdapFilter Filter, params IReadOnlyList<string> Attributes)
{
    /// <summary>More entries than this are a fault of kind <see cref="LdapErrorKind.TooLarge"/>.</summary>
    public int MaxEntries { get; init; } = 10_000;

    /// <summary>So many entries are enough: what comes after them is not asked for. Null: all.</summary>
    public int? Sample { get; init; }

    /// <summary>Whether objects that refer to other servers are entries as all others (RFC 3296 §3).</summary>
    public bool ManageReferrals { get; init; }

    /// <summary>Exactly this entry.</summary>
    public static LdapSearch Entry(string dn, params IReadOnlyList<string> attributes) =>
        new(dn, SearchScope.Base, LdapFilter.Anything, attributes);
}
