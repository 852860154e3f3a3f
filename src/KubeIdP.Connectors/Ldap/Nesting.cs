namespace KubeIdP.Connectors.Ldap;

/// <summary>Whether members of a group within a group are members of the outer group.</summary>
public enum Nesting
{
    /// <summary>A person is a member of the groups that name the person.</summary>
    Direct,

    /// <summary>Also of the groups that contain those groups, up to ten levels.</summary>
    Nested,
}
