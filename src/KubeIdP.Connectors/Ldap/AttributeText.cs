using System.Text;
using KubeIdP.Connectors.ActiveDirectory;
using KubeIdP.Core.Naming;

namespace KubeIdP.Connectors.Ldap;

/// <summary>
/// Values of attributes as text. A value is bytes, and its syntax is known to the directory's schema alone (RFC 4512 §4.1.2): bytes that
/// are no UTF-8, read as text all the same, become one text for many values.
/// </summary>
internal static class AttributeText
{
    // Stands before a value in hexadecimal, and before no value that is written as the text that it is.
    private const string HexMark = "0x";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private enum Form
    {
        Text,
        Guid,
        Sid,
    }

    /// <summary>
    /// A value that names something: the text that it is, or a GUID or SID as Windows writes them; null when it is neither.
    /// </summary>
    public static string? NameOf(string attribute, byte[] value) => FormOf(attribute) switch
    {
        Form.Guid => GuidOf(value),
        Form.Sid => SecurityIdentifier.TextOf(value),
        _ => TextOf(value),
    };

    /// <summary>The value that <see cref="NameOf"/> writes like this, to look for it; null when there can be none.</summary>
    public static byte[]? ValueOfName(string attribute, string name) => FormOf(attribute) switch
    {
        Form.Guid => Guid.TryParseExact(name, "D", out var guid) ? guid.ToByteArray() : null,
        Form.Sid => SecurityIdentifier.Parse(name),
        _ => Encoding.UTF8.GetBytes(name),
    };

    /// <summary>A value that says who somebody is: one text for each value, whatever its bytes are.</summary>
    public static string IdentityOf(string attribute, byte[] value) =>
        NameOf(attribute, value) is { } name && (FormOf(attribute) != Form.Text || IsPlain(name))
            ? name
            : HexMark + Convert.ToHexStringLower(value);

    /// <summary>The one value that <see cref="IdentityOf"/> writes like this; null when there is none.</summary>
    public static byte[]? ValueOfIdentity(string attribute, string identity)
    {
        var value = identity.StartsWith(HexMark, StringComparison.Ordinal)
            ? BytesOf(identity.AsSpan(HexMark.Length))
            : ValueOfName(attribute, identity);
        return value is not null && IdentityOf(attribute, value) == identity ? value : null;
    }

    // MS-ADTS §3.1.1.1.4, MS-ADA3: the two by which Active Directory knows an account. Others that hold bytes have no text of their own.
    private static Form FormOf(string attribute) => attribute.Split(';')[0].ToUpperInvariant() switch
    {
        "OBJECTGUID" => Form.Guid,
        "OBJECTSID" => Form.Sid,
        _ => Form.Text,
    };

    private static string? GuidOf(byte[] value) => value.Length == 16 ? new Guid(value).ToString("D") : null;

    private static string? TextOf(byte[] value)
    {
        try
        {
            return Utf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[]? BytesOf(ReadOnlySpan<char> hex)
    {
        var value = new byte[hex.Length / 2];
        return Convert.FromHexString(hex, value, out _, out _) == System.Buffers.OperationStatus.Done ? value : null;
    }

    // What a database keeps and a log shows as it is: PostgreSQL takes no NUL, and what can't be seen makes two values look like one.
    private static bool IsPlain(string text) => !TokenName.HidesSomething(text) && !text.StartsWith(HexMark, StringComparison.Ordinal);
}
