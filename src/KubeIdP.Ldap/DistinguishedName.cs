using System.Globalization;
using System.Text;

namespace KubeIdP.Ldap;

/// <summary>The name of an entry (RFC 4514). Made of parts, so that a value can't be read as a further part.</summary>
public sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    private readonly IReadOnlyList<IReadOnlyList<Part>> names;
    private readonly string key;

    private DistinguishedName(IReadOnlyList<IReadOnlyList<Part>> names)
    {
        this.names = names;

        // As almost every attribute that names entries compares: regardless of case.
        key = Text(part => new Part(part.Type, part.Value.Trim())).ToLowerInvariant();
    }

    /// <summary>
    /// The value of this attribute that names the entry below its parent, such as the group's own name; null when another attribute does.
    /// </summary>
    public string? FirstValueOf(string attribute) => names is [var first, ..]
        ? first.FirstOrDefault(part => part.Type.Equals(attribute, StringComparison.OrdinalIgnoreCase))?.Value
        : null;

    /// <exception cref="FormatException">It is no DN; the message says why.</exception>
    public static DistinguishedName Parse(string text) => new(new DnParser(text).Parse());

    public static DistinguishedName? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The same name with another text in its values.</summary>
    public DistinguishedName Replace(string placeholder, string value) =>
        new([.. names.Select(name => (IReadOnlyList<Part>)[.. name.Select(part => part.Replace(placeholder, value))])]);

    public bool Equals(DistinguishedName? other) => other is not null && key == other.key;

    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    public override int GetHashCode() => key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text(part => part);

    private string Text(Func<Part, Part> change) => string.Join(',', names.Select(name => string.Join('+', name.Select(change))));

    /// <summary>One attribute of an entry's own name.</summary>
    internal sealed record Part(string Type, string Value)
    {
        public override string ToString() => $"{Type}={Escape(Value)}";

        public Part Replace(string placeholder, string value) =>
            this with { Value = Value.Replace(placeholder, value, StringComparison.Ordinal) };

        private static string Escape(string value)
        {
            var escaped = new StringBuilder();
            for (var i = 0; i < value.Length; i++)
            {
                var isAtEnd = i == 0 || i == value.Length - 1;
                if (value[i] is '"' or '+' or ',' or ';' or '<' or '>' or '\\' or '='
                    || (value[i] == ' ' && isAtEnd) || (value[i] == '#' && i == 0))
                    escaped.Append('\\').Append(value[i]);
                else if (char.IsControl(value[i]))
                    foreach (var b in Encoding.UTF8.GetBytes([value[i]])) escaped.Append(CultureInfo.InvariantCulture, $"\\{b:x2}");
                else
                    escaped.Append(value[i]);
            }

            return escaped.ToString();
        }
    }
}
