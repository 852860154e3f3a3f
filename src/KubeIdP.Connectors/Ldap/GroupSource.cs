namespace KubeIdP.Connectors.Ldap;

/// <summary>Ways to find a person's groups.</summary>
public enum GroupSource
{
    /// <summary>A search for groups that name the person.</summary>
    Search,

    /// <summary>The attribute <c>memberOf</c>, which the directory maintains.</summary>
    MemberOf,

    /// <summary>Active Directory's own list, which includes nested groups and the primary group.</summary>
    TokenGroups,

    /// <summary>
    /// A search in which Active Directory follows nested memberships, for a service account that may not read <c>tokenGroups</c>. Slow in
    /// large domains.
    /// </summary>
    InChain,

    /// <summary>Groups are not read.</summary>
    None,
}
