using KubeIdP.Core.Upstreams;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>A group as the directory has it.</summary>
/// <param name="Name">By the configured attribute, without the prefix; null when the entry has none that could be one.</param>
/// <param name="Fault">Why there is no name; null when there is.</param>
internal sealed record DirectoryGroup(string Dn, string? Name, GroupFault? Fault = null)
{
    /// <param name="attribute">Which holds the name, or <see cref="LdapProfile.DnAsName"/>.</param>
    public static DirectoryGroup Of(LdapEntry entry, string attribute)
    {
        if (attribute == LdapProfile.DnAsName) return new(entry.Dn, entry.Dn);

        var values = entry.Values(attribute);
        if (values is []) return new(entry.Dn, null, GroupFault.Nameless);

        var texts = values.Select(value => AttributeText.NameOf(attribute, value)).ToList();
        if (texts is [var only]) return only is null ? new(entry.Dn, null, GroupFault.NoText) : new(entry.Dn, only);

        // Values have no order (RFC 4511 §4.1.7): the first one may be another tomorrow. The one in the DN is there once below its parent.
        var inDn = DistinguishedName.TryParse(entry.Dn)?.FirstValueOf(attribute);
        var name = texts.Find(text => text is not null && text.Equals(inDn, StringComparison.OrdinalIgnoreCase));
        return new(entry.Dn, name, name is null ? GroupFault.ManyNames : null);
    }

    /// <summary>Whether the configuration means this group, by name or by DN.</summary>
    public bool Is(string nameOrDn) =>
        string.Equals(Name, nameOrDn, StringComparison.OrdinalIgnoreCase)
            || (DistinguishedName.TryParse(nameOrDn) is { } dn && dn.Equals(DistinguishedName.TryParse(Dn)));
}
