using System.Text;

namespace KubeIdP.Ldap;

/// <summary>
/// RFC 4515 §3, for filters from the configuration. Blanks between filters are passed over, so that one may be written on several lines.
/// </summary>
internal sealed class FilterParser(string text)
{
    // What an administrator writes has a handful of levels; a deeper one would only exhaust the stack.
    private const int MaxDepth = 50;

    private int position;

    public LdapFilter Parse()
    {
        var filter = Filter(depth: 0);
        SkipBlanks();
        return position == text.Length ? filter : throw Fault("there is something after the last bracket");
    }

    private LdapFilter Filter(int depth)
    {
        if (depth > MaxDepth) throw Fault($"it is nested more than {MaxDepth} deep");

        Expect('(');
        LdapFilter filter = Peek() switch
        {
            '&' => new LdapFilter.And(Parts(depth)),
            '|' => new LdapFilter.Or(Parts(depth)),
            '!' => Negation(depth),
            _ => Item(),
        };
        Expect(')');
        return filter;
    }

    private LdapFilter.Not Negation(int depth)
    {
        position++;
        return new(Filter(depth + 1));
    }

    private List<LdapFilter> Parts(int depth)
    {
        position++;
        var parts = new List<LdapFilter>();
        for (SkipBlanks(); Peek() == '('; SkipBlanks()) parts.Add(Filter(depth + 1));
        return parts.Count > 0 ? parts : throw Fault("there is no filter after & or |");
    }

    private LdapFilter Item()
    {
        var name = text[position..(position = EndOf("=~<>:()"))].Trim();
        if (Peek() == ':') return ExtensibleItem(name);

        if (!LdapFilter.IsAttribute(name)) throw Fault($"\"{name}\" can't be the name of an attribute");
        var kind = Take() switch
        {
            '=' => LdapFilter.Comparison.Equal,
            '>' => LdapFilter.Comparison.GreaterOrEqual,
            '<' => LdapFilter.Comparison.LessOrEqual,
            '~' => LdapFilter.Comparison.Approximate,
            _ => throw Fault("an = is missing after the attribute"),
        };
        if (kind != LdapFilter.Comparison.Equal && Take() != '=') throw Fault("an = is missing after <, > or ~");

        var parts = Value();
        if (parts is [var whole]) return new LdapFilter.Compare(kind, name, whole);
        if (kind != LdapFilter.Comparison.Equal) throw Fault("an asterisk is only allowed after =");
        if (parts is [[], []]) return new LdapFilter.Present(name);
        return parts[1..^1].All(part => part.Length > 0)
            ? new LdapFilter.Substrings(name, parts)
            : throw Fault("two asterisks are side by side");
    }

    private LdapFilter.Extensible ExtensibleItem(string name)
    {
        var words = text[position..EndOf("=()")].Split(':');
        position = EndOf("=()");
        if (words is not ["", .. var middle, ""] || Take() != '=') throw Fault("a := is missing");

        var withDn = middle is ["dn", ..];
        var rule = middle[(withDn ? 1 : 0)..];
        if (rule.Length > 1 || (rule is [] && name == "") || rule is [""]
            || rule.Append(name).Any(word => word != "" && !LdapFilter.IsAttribute(word)))
            throw Fault("a comparison by rule is written attribute:rule:=value");

        return Value() is [var value]
            ? new(name == "" ? null : name, rule is [var one] ? one : null, withDn, value)
            : throw Fault("an asterisk is only allowed after =");
    }

    /// <summary>The value, cut at its asterisks.</summary>
    private List<byte[]> Value()
    {
        var parts = new List<byte[]>();
        var part = new List<byte>();
        for (; Peek() is not (')' or '('); position++)
        {
            if (Peek() == '*')
            {
                parts.Add([.. part]);
                part.Clear();
            }
            else if (Peek() == '\\')
            {
                if (position + 2 >= text.Length || !char.IsAsciiHexDigit(text[position + 1]) || !char.IsAsciiHexDigit(text[position + 2]))
                    throw Fault("two hexadecimal digits are missing after \\");
                part.Add(Convert.FromHexString(text.AsSpan(position + 1, 2))[0]);
                position += 2;
            }
            else
            {
                var length = position + 1 < text.Length && char.IsSurrogatePair(text[position], text[position + 1]) ? 2 : 1;
                part.AddRange(Encoding.UTF8.GetBytes(text.Substring(position, length)));
                position += length - 1;
            }
        }

        parts.Add([.. part]);
        return parts;
    }

    private void Expect(char wanted)
    {
        SkipBlanks();
        if (Take() != wanted) throw Fault($"a {wanted} is missing");
    }

    private void SkipBlanks()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position])) position++;
    }

    private int EndOf(string marks)
    {
        var end = text.AsSpan(position).IndexOfAny(marks);
        return end < 0 ? text.Length : position + end;
    }

    private char Peek() => position < text.Length ? text[position] : throw Fault("it ends too early");

    private char Take()
    {
        var taken = Peek();
        position++;
        return taken;
    }

    private FormatException Fault(string what) => new($"{what}, at character {Math.Min(position, text.Length) + 1}");
}
