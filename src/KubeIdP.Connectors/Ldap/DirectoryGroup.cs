using KubeIdP.Connectors.Ldap.Protocol;

namespace KubeIdP.Connectors.Ldap;

/// <summary>A group as the directory has it.</summary>
/// <param name="Name">By the configured attribute, without the prefix; null when the entry has none.</param>
internal sealed record DirectoryGroup(string Dn, string? Name)
{
    /// <summary>Whether the configuration means this group, by name or by DN.</summary>
    public bool Is(string nameOrDn) =>
        string.Equals(Name, nameOrDn, StringComparison.OrdinalIgnoreCase) || (DistinguishedName.TryParse(nameOrDn) is { } dn && dn.Equals(DistinguishedName.TryParse(Dn)));
}
