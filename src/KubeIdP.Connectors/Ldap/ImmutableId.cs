using KubeIdP.Core.Naming;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>The attribute that makes a person the same person for ever, and how its values are written.</summary>
internal sealed record ImmutableId(string Attribute)
{
    // Far more than a UUID or a SID takes, and few enough for an index.
    private const int MaxLength = 200;

    /// <exception cref="LdapException">The value can't identify anybody; the message says why.</exception>
    public string Of(LdapEntry entry)
    {
        var values = entry.Values(Attribute);
        if (values is not [var value])
            throw Unusable(entry, values.Count == 0 ? "none that the service account may read" : $"{values.Count} of them");

        var id = AttributeText.IdentityOf(Attribute, value);
        if (value.Length == 0 || id.Length > MaxLength) throw Unusable(entry, $"one of {value.Length} bytes");
        return id;
    }

    /// <summary>For counting: one text for each entry, even if its value can't identify anybody.</summary>
    public string KeyOf(LdapEntry entry)
    {
        var values = entry.Values(Attribute);
        return values is [{ Length: > 0 and <= MaxLength } value]
            ? AttributeText.IdentityOf(Attribute, value)
            : entry.Dn.ToUpperInvariant();
    }

    /// <summary>Null when the id was not made from this attribute.</summary>
    public LdapFilter? FilterFor(string id) =>
        AttributeText.ValueOfIdentity(Attribute, id) is { } value ? LdapFilter.Equal(Attribute, value) : null;

    /// <summary>By a directory in which the identity of an entry does not lead to it alone.</summary>
    public LdapException NotOne(IReadOnlyList<LdapEntry> found, string dn) => new(LdapErrorKind.ErrorAnswer, found.Count == 0
        ? $"The directory finds nobody by the {Attribute} of {TokenName.Show(dn)}, so it can't be looked up again: name another "
            + $"attribute as users.id."
        : string.Join(" and ", found.Take(3).Select(entry => TokenName.Show(entry.Dn)))
            + $" have the same {Attribute}, so it does not say who somebody is: name another attribute as users.id.");

    private LdapException Unusable(LdapEntry entry, string what) =>
        new(LdapErrorKind.ErrorAnswer,
            $"An identity is one short value of {Attribute}, and {TokenName.Show(entry.Dn)} has {what}: see users.id.");
}
