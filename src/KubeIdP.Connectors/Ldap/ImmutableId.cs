using KubeIdP.Connectors.Ldap.Protocol;

namespace KubeIdP.Connectors.Ldap;

/// <summary>The attribute that makes a person the same person for ever, and how its values are written.</summary>
internal sealed record ImmutableId(string Attribute)
{
    // The one among the usual ones that holds bytes (MS-ADTS §3.1.1.1.4).
    private bool IsGuid => Attribute.Equals("objectGUID", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when the entry has none, or several.</summary>
    public string? Of(LdapEntry entry)
    {
        if (entry.Values(Attribute) is not [var value]) return null;
        if (IsGuid) return value.Length == 16 ? new Guid(value).ToString("D") : null;
        return entry.Text(Attribute) is { Length: > 0 and <= 200 } text ? text : null;
    }

    /// <summary>Null when the id was not made from this attribute.</summary>
    public LdapFilter? FilterFor(string id)
    {
        if (!IsGuid) return LdapFilter.Equal(Attribute, id);

        return Guid.TryParseExact(id, "D", out var guid) ? LdapFilter.Equal(Attribute, guid.ToByteArray()) : null;
    }
}
