using System.Buffers.Binary;
using System.Globalization;

namespace KubeIdP.Connectors.ActiveDirectory;

/// <summary>
/// The bytes of a SID (MS-DTYP §2.4.2.2) and its text (§2.4.2.1), such as <c>S-1-5-21-1004336348-1177238915-682003330-512</c>.
/// </summary>
internal static class SecurityIdentifier
{
    private const int Revision = 1;
    private const int Header = 8;
    private const int MaxSubAuthorities = 15;

    /// <summary>The SID of another member of the same domain; null when these bytes are no SID.</summary>
    /// <param name="sid">Of somebody in the domain.</param>
    /// <param name="relativeId">The other's number in the domain, such as 513 for Domain Users.</param>
    public static byte[]? Sibling(byte[] sid, uint relativeId)
    {
        if (sid.Length <= Header || sid[1] == 0 || sid.Length != Header + 4 * sid[1]) return null;

        var sibling = sid.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(sibling.AsSpan(sibling.Length - 4), relativeId);
        return sibling;
    }

    /// <summary>Null when these bytes are no SID.</summary>
    public static string? TextOf(byte[] sid)
    {
        if (sid.Length < Header || sid[0] != Revision || sid[1] > MaxSubAuthorities || sid.Length != Header + 4 * sid[1]) return null;

        var authority = sid[2..Header].Aggregate(0L, (sum, part) => (sum << 8) | part);
        var numbers = Enumerable.Range(0, sid[1])
            .Select(i => BinaryPrimitives.ReadUInt32LittleEndian(sid.AsSpan(Header + 4 * i)).ToString(CultureInfo.InvariantCulture));

        // An authority that takes more than four bytes is written in hexadecimal.
        return string.Join('-',
            ["S", "1", authority >> 32 == 0 ? authority.ToString(CultureInfo.InvariantCulture) : $"0x{authority:X12}", .. numbers]);
    }

    /// <summary>Null when the text is no SID as <see cref="TextOf"/> writes it.</summary>
    public static byte[]? Parse(string text)
    {
        if (text.Split('-') is not ["S", "1", var authority, .. var numbers] || numbers.Length > MaxSubAuthorities
            || ParseAuthority(authority) is not { } first)
            return null;

        var sid = new byte[Header + 4 * numbers.Length];
        BinaryPrimitives.WriteInt64BigEndian(sid, first);
        (sid[0], sid[1]) = (Revision, (byte)numbers.Length);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!uint.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            BinaryPrimitives.WriteUInt32LittleEndian(sid.AsSpan(Header + 4 * i), number);
        }

        // One text for each SID: no leading zeros, and hexadecimal only where it must be.
        return TextOf(sid) == text ? sid : null;
    }

    private static long? ParseAuthority(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) && hex >> 48 == 0
            ? hex
            : null
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
