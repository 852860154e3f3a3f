using System.Text;

namespace KubeIdP.Testing.Directories;

/// <summary>Changes to a directory as RFC 2849 writes them. Values are in base64, so that any may be given.</summary>
public sealed class Ldif
{
    private readonly StringBuilder text = new();

    public Ldif Add(string dn, params IEnumerable<(string Attribute, string Value)> attributes)
    {
        Begin(dn, "add");
        foreach (var (attribute, value) in attributes) Line(attribute, Encoding.UTF8.GetBytes(value));
        text.Append('\n');
        return this;
    }

    /// <param name="how"><c>add</c>, <c>replace</c> or <c>delete</c>.</param>
    public Ldif Modify(string dn, string how, string attribute, params IEnumerable<string> values) =>
        Modify(dn, how, attribute, values.Select(Encoding.UTF8.GetBytes));

    public Ldif Modify(string dn, string how, string attribute, IEnumerable<byte[]> values)
    {
        Begin(dn, "modify");
        text.Append(how).Append(": ").Append(attribute).Append('\n');
        foreach (var value in values) Line(attribute, value);
        text.Append("-\n\n");
        return this;
    }

    public Ldif Delete(string dn)
    {
        Begin(dn, "delete");
        text.Append('\n');
        return this;
    }

    /// <param name="parent">Where the entry goes; null where it is.</param>
    public Ldif Rename(string dn, string newName, string? parent = null)
    {
        Begin(dn, "modrdn");
        Line("newrdn", Encoding.UTF8.GetBytes(newName));
        text.Append("deleteoldrdn: 1\n");
        if (parent is not null) Line("newsuperior", Encoding.UTF8.GetBytes(parent));
        text.Append('\n');
        return this;
    }

    public override string ToString() => text.ToString();

    private void Begin(string dn, string change)
    {
        Line("dn", Encoding.UTF8.GetBytes(dn));
        text.Append("changetype: ").Append(change).Append('\n');
    }

    private void Line(string name, byte[] value) => text.Append(name).Append(":: ").Append(Convert.ToBase64String(value)).Append('\n');
}
