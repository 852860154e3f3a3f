namespace KubeIdP.Ldap;

public enum SearchScope
{
    /// <summary>The base entry itself.</summary>
    Base = 0,

    /// <summary>What lies directly below it.</summary>
    One = 1,

    /// <summary>It and everything below.</summary>
    Subtree = 2,
}
