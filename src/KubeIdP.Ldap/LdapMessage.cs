using System.Formats.Asn1;
using System.Text;

namespace KubeIdP.Ldap;

/// <summary>The messages of RFC 4511 as bytes: requests are written, responses are read.</summary>
internal static class LdapMessage
{
    /// <summary>The id of an unsolicited notification (§4.4).</summary>
    public const int Unsolicited = 0;

    public const string StartTls = "1.3.6.1.4.1.1466.20037";

    // RFC 2696
    private const string PagedResults = "1.2.840.113556.1.4.319";

    // MS-ADTS §3.1.1.3.4.1.5; OpenLDAP knows it as well.
    private const string DomainScope = "1.2.840.113556.1.4.1339";

    // RFC 3296 §3
    private const string ManageDsaIt = "2.16.840.1.113730.3.4.2";

    private enum Dereference
    {
        Never = 0,
    }

    public static byte[] Bind(int id, string name, string password) => Write(id, message =>
    {
        using (message.PushSequence(Application(0)))
        {
            message.WriteInteger(3);
            WriteText(message, name);
            message.WriteOctetString(Encoding.UTF8.GetBytes(password), Context(0));
        }

        using (message.PushSequence(Context(0))) WriteControl(message, PasswordNotice.Control, value: null);
    });

    public static byte[] Unbind(int id) => Write(id, message => message.WriteNull(Application(2)));

    public static byte[] Abandon(int id, int abandoned) => Write(id, message => message.WriteInteger(abandoned, Application(16)));

    public static byte[] Extended(int id, string name) => Write(id, message =>
    {
        using (message.PushSequence(Application(23)))
            message.WriteOctetString(Encoding.ASCII.GetBytes(name), Context(0));
    });

    /// <param name="cookie">Of the page before; empty for the first.</param>
    public static byte[] Search(int id, LdapSearch search, LdapLimits limits, byte[] cookie) => Write(id, message =>
    {
        using (message.PushSequence(Application(3)))
        {
            WriteText(message, search.Base);
            message.WriteEnumeratedValue(search.Scope);
            message.WriteEnumeratedValue(Dereference.Never);
            message.WriteInteger(0);
            message.WriteInteger((int)Math.Ceiling(limits.Search.TotalSeconds));
            message.WriteBoolean(false);
            search.Filter.WriteTo(message);
            using (message.PushSequence())
            {
                foreach (var attribute in search.Attributes.DefaultIfEmpty("1.1"))
                    WriteText(message, attribute);
            }
        }

        if (search.Scope == SearchScope.Base) return;

        using (message.PushSequence(Context(0)))
        {
            // None is critical: a server without pages sends everything, or says that it is too much.
            WriteControl(message, PagedResults, PageOf(search.Sample ?? limits.PageSize, cookie));

            // No references to other naming contexts, which would make every search from the root of a domain look incomplete.
            WriteControl(message, DomainScope, value: null);
            if (search.ManageReferrals) WriteControl(message, ManageDsaIt, value: null);
        }
    });

    /// <summary>The message's id and the response; null for an intermediate response, which no request of this client asks for.</summary>
    /// <exception cref="LdapException">The bytes are no message that a server sends.</exception>
    public static (int Id, LdapResponse? Response) Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var envelope = new AsnReader(bytes, AsnEncodingRules.BER);
            var message = envelope.ReadSequence();
            envelope.ThrowIfNotEmpty();
            if (!message.TryReadInt32(out var id) || id < 0) throw new AsnContentException("The message has no usable id.");

            var operation = message.PeekTag();
            if (operation.TagClass != TagClass.Application) throw new AsnContentException($"{operation} is not an operation.");

            LdapResponse? response = operation.TagValue switch
            {
                4 => new LdapResponse.SearchEntry(ReadEntry(message.ReadSequence(operation)), bytes.Length),
                19 => new LdapResponse.SearchReference(ReadTexts(message.ReadSequence(operation)), bytes.Length),
                (int)ResponseKind.Bind or (int)ResponseKind.Search or (int)ResponseKind.Extended =>
                    ReadDone((ResponseKind)operation.TagValue, message, operation),
                25 => null,
                _ => throw new AsnContentException($"{operation} is not a response."),
            };
            return (id, response);
        }
        catch (AsnContentException fault)
        {
            throw new LdapException(LdapErrorKind.Protocol, $"The data received is not an LDAP message: {fault.Message}", fault);
        }
    }

    private static LdapEntry ReadEntry(AsnReader entry)
    {
        var dn = ReadText(entry);
        var list = entry.ReadSequence();
        var attributes = new Dictionary<string, IReadOnlyList<byte[]>>(StringComparer.OrdinalIgnoreCase);
        while (list.HasData)
        {
            var attribute = list.ReadSequence();
            var name = ReadText(attribute);
            var set = attribute.ReadSetOf(skipSortOrderValidation: true);
            var values = new List<byte[]>();
            while (set.HasData) values.Add(set.ReadOctetString());
            if (!attributes.TryAdd(name, values)) throw new AsnContentException("An entry has the same attribute twice.");
        }

        return new LdapEntry(dn, attributes);
    }

    private static LdapResponse.Done ReadDone(ResponseKind kind, AsnReader message, Asn1Tag operation)
    {
        var body = message.ReadSequence(operation);
        var code = ReadNumber(body.ReadEnumeratedBytes());
        _ = ReadText(body);
        var result = new LdapResult((LdapResultCode)code, ReadText(body));

        string? name = null;
        List<string> referrals = [];
        while (body.HasData)
        {
            if (body.PeekTag().HasSameClassAndValue(Context(10)))
                name = Encoding.UTF8.GetString(body.ReadOctetString(Context(10)));
            else if (body.PeekTag().HasSameClassAndValue(Context(3)))
                referrals = ReadTexts(body.ReadSequence(Context(3)));
            else
                body.ReadEncodedValue();
        }

        var controls = message.HasData ? ReadControls(message.ReadSequence(Context(0))) : [];
        result = result with { Referrals = referrals, Password = PasswordNotice.Read(result.IsSuccess, controls) };
        return new LdapResponse.Done(kind, result, CookieIn(controls), name);
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadControls(AsnReader list)
    {
        var controls = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        while (list.HasData)
        {
            var control = list.ReadSequence();
            var type = ReadText(control);
            if (control.HasData && control.PeekTag() == Asn1Tag.Boolean) control.ReadBoolean();
            controls[type] = control.HasData ? control.ReadOctetString() : ReadOnlyMemory<byte>.Empty;
        }

        return controls;
    }

    private static byte[] CookieIn(Dictionary<string, ReadOnlyMemory<byte>> controls)
    {
        if (!controls.TryGetValue(PagedResults, out var page) || page.IsEmpty) return [];

        var value = new AsnReader(page, AsnEncodingRules.BER).ReadSequence();
        value.ReadIntegerBytes();
        return value.ReadOctetString();
    }

    private static List<string> ReadTexts(AsnReader list)
    {
        var texts = new List<string>();
        while (list.HasData) texts.Add(ReadText(list));
        return texts;
    }

    private static string ReadText(AsnReader from) => Encoding.UTF8.GetString(from.ReadOctetString());

    private static int ReadNumber(ReadOnlyMemory<byte> number) =>
        number.Length is 1 or 2
            ? number.ToArray().Aggregate(0, (sum, part) => (sum << 8) | part)
            : throw new AsnContentException("The result code is out of range.");

    private static byte[] PageOf(int size, byte[] cookie)
    {
        var value = new AsnWriter(AsnEncodingRules.BER);
        using (value.PushSequence())
        {
            value.WriteInteger(size);
            value.WriteOctetString(cookie);
        }

        return value.Encode();
    }

    private static void WriteControl(AsnWriter controls, string type, byte[]? value)
    {
        using (controls.PushSequence())
        {
            WriteText(controls, type);
            if (value is not null) controls.WriteOctetString(value);
        }
    }

    private static void WriteText(AsnWriter to, string text) => to.WriteOctetString(Encoding.UTF8.GetBytes(text));

    private static byte[] Write(int id, Action<AsnWriter> operation)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            operation(writer);
        }

        return writer.Encode();
    }

    private static Asn1Tag Application(int number) => new(TagClass.Application, number);

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);
}
