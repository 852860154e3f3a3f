using System.Buffers;
using System.Formats.Asn1;
using System.Text;

namespace KubeIdP.Ldap;

/// <summary>
/// What a search looks for. Values are never part of a text here: they go to the server as bytes with a length, so nothing in them can be
/// read as syntax. <see cref="ToString"/> is RFC 4515, with everything escaped that needs to be.
/// </summary>
public abstract record LdapFilter
{
    /// <summary>Active Directory follows a chain of memberships by itself (MS-ADTS §3.1.1.3.4.4.3).</summary>
    public const string InChainRule = "1.2.840.113556.1.4.1941";

    private static readonly SearchValues<char> AttributeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.;");

    private LdapFilter()
    {
    }

    /// <summary>Every entry has a class.</summary>
    public static LdapFilter Anything { get; } = new Present("objectClass");

    public static LdapFilter Equal(string attribute, string value) =>
        new Compare(Comparison.Equal, attribute, Encoding.UTF8.GetBytes(value));

    public static LdapFilter Equal(string attribute, byte[] value) => new Compare(Comparison.Equal, attribute, value);

    public static LdapFilter InChain(string attribute, string dn) =>
        new Extensible(attribute, InChainRule, WithDn: false, Encoding.UTF8.GetBytes(dn));

    /// <summary>One of these; what is given must not be empty, for nothing would be found without an error.</summary>
    public static LdapFilter AnyOf(IReadOnlyList<LdapFilter> parts) =>
        parts is [var only] ? only : parts.Count > 0 ? new Or(parts) : throw new ArgumentException("An OR of no filters.", nameof(parts));

    public static LdapFilter AllOf(params IReadOnlyList<LdapFilter> parts) =>
        parts is [var only] ? only : parts.Count > 0 ? new And(parts) : throw new ArgumentException("An AND of no filters.", nameof(parts));

    /// <summary>Reads what an administrator wrote.</summary>
    /// <exception cref="FormatException">It is no filter; the message says where.</exception>
    public static LdapFilter Parse(string text) => new FilterParser(text).Parse();

    /// <summary>Whether this can be an attribute's name, with or without options.</summary>
    public static bool IsAttribute(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(AttributeCharacters);

    /// <summary>The filter as a request carries it (RFC 4511 §4.5.1).</summary>
    public abstract void WriteTo(AsnWriter writer);

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);

    private static void WriteName(AsnWriter writer, string name, Asn1Tag? tag = null) =>
        writer.WriteOctetString(Encoding.ASCII.GetBytes(Checked(name)), tag);

    private static string Checked(string name) =>
        IsAttribute(name) ? name : throw new ArgumentException($"\"{name}\" can't be the name of an attribute.");

    private static void WriteParts(AsnWriter writer, int number, IReadOnlyList<LdapFilter> parts)
    {
        // Not PushSetOf, which would sort the parts.
        using (writer.PushSequence(Tag(number)))
        {
            foreach (var part in parts) part.WriteTo(writer);
        }
    }

    private static string Escape(byte[] value) => string.Concat(value.Select(b =>
        b is > 0x20 and < 0x7F and not ((byte)'(' or (byte)')' or (byte)'*' or (byte)'\\') ? $"{(char)b}" : $"\\{b:x2}"));

    internal enum Comparison
    {
        Equal = 3,
        GreaterOrEqual = 5,
        LessOrEqual = 6,
        Approximate = 8,
    }

    internal sealed record And(IReadOnlyList<LdapFilter> Parts) : LdapFilter
    {
        public override void WriteTo(AsnWriter writer) => WriteParts(writer, 0, Parts);

        public override string ToString() => $"(&{string.Concat(Parts)})";
    }

    internal sealed record Or(IReadOnlyList<LdapFilter> Parts) : LdapFilter
    {
        public override void WriteTo(AsnWriter writer) => WriteParts(writer, 1, Parts);

        public override string ToString() => $"(|{string.Concat(Parts)})";
    }

    internal sealed record Not(LdapFilter Part) : LdapFilter
    {
        public override void WriteTo(AsnWriter writer)
        {
            using (writer.PushSequence(Tag(2))) Part.WriteTo(writer);
        }

        public override string ToString() => $"(!{Part})";
    }

    internal sealed record Present(string Attribute) : LdapFilter
    {
        public override void WriteTo(AsnWriter writer) => WriteName(writer, Attribute, Tag(7));

        public override string ToString() => $"({Attribute}=*)";
    }

    internal sealed record Compare(Comparison Kind, string Attribute, byte[] Value) : LdapFilter
    {
        public override void WriteTo(AsnWriter writer)
        {
            using (writer.PushSequence(Tag((int)Kind)))
            {
                WriteName(writer, Attribute);
                writer.WriteOctetString(Value);
            }
        }

        public override string ToString() => $"({Attribute}{Operator}{Escape(Value)})";

        private string Operator => Kind switch
        {
            Comparison.GreaterOrEqual => ">=",
            Comparison.LessOrEqual => "<=",
            Comparison.Approximate => "~=",
            _ => "=",
        };
    }

    /// <summary>An asterisk stands between each two of the parts; only the first and the last may be empty.</summary>
    internal sealed record Substrings(string Attribute, IReadOnlyList<byte[]> Parts) : LdapFilter
    {
        public override void WriteTo(AsnWriter writer)
        {
            using (writer.PushSequence(Tag(4)))
            {
                WriteName(writer, Attribute);
                using (writer.PushSequence())
                {
                    for (var i = 0; i < Parts.Count; i++)
                    {
                        var place = i == 0 ? 0 : i == Parts.Count - 1 ? 2 : 1;
                        if (Parts[i].Length > 0) writer.WriteOctetString(Parts[i], Tag(place));
                    }
                }
            }
        }

        public override string ToString() => $"({Attribute}={string.Join('*', Parts.Select(Escape))})";
    }

    /// <summary>A comparison by a rule of its own, such as a bit in Active Directory's <c>userAccountControl</c>.</summary>
    internal sealed record Extensible(string? Attribute, string? Rule, bool WithDn, byte[] Value) : LdapFilter
    {
        public override void WriteTo(AsnWriter writer)
        {
            using (writer.PushSequence(Tag(9)))
            {
                if (Rule is not null) WriteName(writer, Rule, Tag(1));
                if (Attribute is not null) WriteName(writer, Attribute, Tag(2));
                writer.WriteOctetString(Value, Tag(3));
                if (WithDn) writer.WriteBoolean(true, Tag(4));
            }
        }

        public override string ToString() => $"({Attribute}{(WithDn ? ":dn" : "")}{(Rule is null ? "" : $":{Rule}")}:={Escape(Value)})";
    }
}
