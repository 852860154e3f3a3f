using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>The name under which somebody signs in to the directory, made from what they typed.</summary>
internal sealed class DirectBindName
{
    public const string Placeholder = "{username}";

    private readonly string template;
    private readonly DistinguishedName? dn;

    private DirectBindName(string template) => (this.template, dn) = (template, DistinguishedName.TryParse(template));

    /// <summary>Whether it is the name of the person's entry, which has no other.</summary>
    public bool IsDn => dn is not null;

    /// <summary>
    /// Null when people can't sign in under such a name: it is neither a DN nor one of the names of Active Directory, or the same for all.
    /// </summary>
    public static DirectBindName? Parse(string template)
    {
        var name = new DirectBindName(template);
        return template.Contains(Placeholder, StringComparison.Ordinal)
            && (name.dn is not null || template.AsSpan().ContainsAny('@', '\\')) ? name : null;
    }

    /// <summary>In a DN what was typed stays one value, whatever it holds. The other forms have no syntax that it could break.</summary>
    public string For(string username) => DnFor(username) ?? template.Replace(Placeholder, username, StringComparison.Ordinal);

    /// <summary>The entry's own name; null when the template is not a DN.</summary>
    public string? DnFor(string username) => dn?.Replace(Placeholder, username).ToString();
}
