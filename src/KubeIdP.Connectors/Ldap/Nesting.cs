namespace KubeIdP.Connectors.Ldap;

/// <summary>Whether groups within groups count.</summary>
public enum Nesting
{
    /// <summary>A person is in the groups that name the person.</summary>
    Direct,

    /// <summary>Also in the groups that name those, up to ten levels.</summary>
    Nested,
}
