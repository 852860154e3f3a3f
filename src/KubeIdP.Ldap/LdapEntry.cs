using System.Text;

namespace KubeIdP.Ldap;

/// <summary>One entry with the attributes that were asked for and may be seen.</summary>
/// <param name="Attributes">By description, in any case, with its options: Active Directory answers <c>member;range=0-1499</c>.</param>
public sealed record LdapEntry(string Dn, IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Attributes)
{
    public IReadOnlyList<byte[]> Values(string attribute) => Attributes.TryGetValue(attribute, out var values) ? values : [];

    /// <summary>As text; bytes that are no UTF-8 become replacement characters, which no name in a token may hold.</summary>
    public IReadOnlyList<string> Texts(string attribute) => [.. Values(attribute).Select(Encoding.UTF8.GetString)];

    /// <summary>The first value; null when there is none.</summary>
    public string? Text(string attribute) => Values(attribute) is [var first, ..] ? Encoding.UTF8.GetString(first) : null;
}
