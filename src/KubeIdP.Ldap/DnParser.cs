using System.Text;

namespace KubeIdP.Ldap;

/// <summary>RFC 4514 §3, with the blanks around separators that RFC 2253 allowed and directories still send.</summary>
internal sealed class DnParser(string text)
{
    private int position;

    public IReadOnlyList<IReadOnlyList<DistinguishedName.Part>> Parse()
    {
        if (text.Trim() == "") return [];

        var names = new List<IReadOnlyList<DistinguishedName.Part>>();
        var name = new List<DistinguishedName.Part>();
        while (true)
        {
            name.Add(ReadPart());
            var separator = position < text.Length ? text[position++] : (char?)null;
            if (separator == '+') continue;

            names.Add(name);
            name = [];
            if (separator is null) return names;
        }
    }

    private DistinguishedName.Part ReadPart()
    {
        var equals = text.IndexOf('=', position);
        if (equals < 0) throw new FormatException($"\"{text[position..]}\" has no =");

        var type = text[position..equals].Trim();
        if (!LdapFilter.IsAttribute(type)) throw new FormatException($"\"{type}\" can't be the name of an attribute");
        position = equals + 1;
        return new(type, ReadValue());
    }

    private string ReadValue()
    {
        SkipBlanks();
        var bytes = new List<byte>();

        // Blanks at the end belong to the value only when they are escaped.
        var length = 0;
        for (; position < text.Length && text[position] is not (',' or '+' or ';'); position++)
        {
            var isEscaped = text[position] == '\\';
            if (isEscaped && position + 2 < text.Length
                && char.IsAsciiHexDigit(text[position + 1]) && char.IsAsciiHexDigit(text[position + 2]))
            {
                bytes.Add(Convert.FromHexString(text.AsSpan(position + 1, 2))[0]);
                position += 2;
            }
            else
            {
                if (isEscaped && ++position == text.Length) throw new FormatException("it ends with a \\");
                var units = position + 1 < text.Length && char.IsSurrogatePair(text[position], text[position + 1]) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(position, units)));
                position += units - 1;
            }

            if (isEscaped || text[position] != ' ') length = bytes.Count;
        }

        return Encoding.UTF8.GetString([.. bytes[..length]]);
    }

    private void SkipBlanks()
    {
        while (position < text.Length && text[position] == ' ') position++;
    }
}
