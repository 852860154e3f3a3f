using System.Formats.Asn1;

namespace KubeIdP.Ldap;

/// <summary>
/// Reads what the controls of a bind response say about the password. The result code alone may be success although the password is only
/// good for being changed (draft-behera-ldap-password-policy-11 §6.2, draft-vchu-ldap-pwd-policy-00 §2).
/// </summary>
internal static class PasswordNotice
{
    /// <summary>Asks for the answer of the same name.</summary>
    public const string Control = "1.3.6.1.4.1.42.2.27.8.5.1";

    // Sent unasked, by servers that have the other one and by those that have not.
    private const string Expired = "2.16.840.1.113730.3.4.4";

    private static readonly Asn1Tag Warning = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag GraceLogins = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Error = new(TagClass.ContextSpecific, 1);

    /// <exception cref="AsnContentException">The value of the control is none.</exception>
    public static PasswordState? Read(bool wasLetIn, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> controls)
    {
        if (controls.TryGetValue(Control, out var value) && !value.IsEmpty && Read(value) is { } state) return state;
        if (!controls.ContainsKey(Expired)) return null;

        return wasLetIn ? PasswordState.MustChange : PasswordState.Expired;
    }

    private static PasswordState? Read(ReadOnlyMemory<byte> value)
    {
        var parts = new AsnReader(value, AsnEncodingRules.BER).ReadSequence();
        PasswordState? state = null;
        while (parts.HasData)
        {
            var tag = parts.PeekTag();
            if (tag.HasSameClassAndValue(Warning))
            {
                var warning = parts.ReadSequence(Warning);
                if (warning.PeekTag().HasSameClassAndValue(GraceLogins)) state = PasswordState.Expired;
            }
            else if (tag.HasSameClassAndValue(Error))
            {
                var error = parts.ReadEnumeratedBytes(Error);
                state = error.Span switch
                {
                    [0] => PasswordState.Expired,
                    [1] => PasswordState.Locked,
                    [2] => PasswordState.MustChange,
                    _ => state,
                };
            }
            else
            {
                parts.ReadEncodedValue();
            }
        }

        return state;
    }
}
