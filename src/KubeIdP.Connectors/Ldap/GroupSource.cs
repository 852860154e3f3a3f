namespace KubeIdP.Connectors.Ldap;

/// <summary>Ways to find a person's groups.</summary>
public enum GroupSource
{
    /// <summary>By looking for groups that name the person.</summary>
    Search,

    /// <summary>From the attribute <c>memberOf</c>, which the directory keeps up to date by itself.</summary>
    MemberOf,

    /// <summary>Active Directory's own list: nested groups and the primary group included.</summary>
    TokenGroups,

    /// <summary>Active Directory follows the memberships for us; for an account that may not read <c>tokenGroups</c>. Slow in large domains.</summary>
    InChain,

    /// <summary>Not at all.</summary>
    None,
}
