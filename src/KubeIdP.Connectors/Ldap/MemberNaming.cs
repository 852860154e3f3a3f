namespace KubeIdP.Connectors.Ldap;

/// <summary>How groups name their members.</summary>
public enum MemberNaming
{
    /// <summary>By their DN, as <c>member</c> and <c>uniqueMember</c> do.</summary>
    Dn,

    /// <summary>By the name that goes into tokens, as <c>memberUid</c> does.</summary>
    Username,
}
