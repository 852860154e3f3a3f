using System.Formats.Asn1;
using System.Text;
using KubeIdP.Ldap;

namespace KubeIdP.Testing.Directories.Scripted;

/// <summary>What servers say.</summary>
public static class Say
{
    public static byte[] Done(int id, int operation, int code = 0, string message = "", byte[]? cookie = null,
        params IEnumerable<(string Type, byte[] Value)> controls) => Message(id, writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.Application, operation)))
        {
            writer.WriteEnumeratedValue((LdapResultCode)code);
            writer.WriteOctetString([]);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(message));
        }

        List<(string Type, byte[] Value)> all = [.. controls, .. cookie is null ? [] : new[] { ("1.2.840.113556.1.4.319", Page(cookie)) }];
        if (all is []) return;

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (var (type, value) in all)
            {
                using (writer.PushSequence())
                {
                    writer.WriteOctetString(Encoding.ASCII.GetBytes(type));
                    writer.WriteOctetString(value);
                }
            }
        }
    });

    public static byte[] BindDone(int id, int code = 0, string message = "", params IEnumerable<(string Type, byte[] Value)> controls) =>
        Done(id, 1, code, message, null, controls);

    public static byte[] SearchDone(int id, int code = 0, string message = "", byte[]? cookie = null) => Done(id, 5, code, message, cookie);

    public static byte[] Notice(string message) => Done(0, 24, 52, message);

    public static byte[] Entry(int id, string dn, params IEnumerable<(string Name, string[] Values)> attributes) => Message(id, writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.Application, 4)))
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(dn));
            using (writer.PushSequence())
            {
                foreach (var (name, values) in attributes)
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteOctetString(Encoding.UTF8.GetBytes(name));
                        using (writer.PushSetOf())
                        {
                            foreach (var value in values) writer.WriteOctetString(Encoding.UTF8.GetBytes(value));
                        }
                    }
                }
            }
        }
    });

    public static byte[] Reference(int id, string url) => Message(id, writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.Application, 19)))
            writer.WriteOctetString(Encoding.UTF8.GetBytes(url));
    });

    private static byte[] Page(byte[] cookie)
    {
        var page = new AsnWriter(AsnEncodingRules.BER);
        using (page.PushSequence())
        {
            page.WriteInteger(0);
            page.WriteOctetString(cookie);
        }

        return page.Encode();
    }

    private static byte[] Message(int id, Action<AsnWriter> operation)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(id);
            operation(writer);
        }

        return writer.Encode();
    }
}
