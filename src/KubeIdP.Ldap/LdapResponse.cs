namespace KubeIdP.Ldap;

/// <summary>The closed set of messages that a server sends.</summary>
internal abstract record LdapResponse
{
    private LdapResponse()
    {
    }

    /// <summary>One entry of a search that goes on.</summary>
    /// <param name="Bytes">What it took on the wire.</param>
    public sealed record SearchEntry(LdapEntry Entry, int Bytes) : LdapResponse;

    /// <summary>A part of a search's answer lies elsewhere.</summary>
    public sealed record SearchReference(IReadOnlyList<string> References, int Bytes) : LdapResponse;

    /// <summary>The end of an operation.</summary>
    /// <param name="Kind">Which one.</param>
    /// <param name="Cookie">Where the next page of a search begins; empty after the last one.</param>
    /// <param name="Name">Of an extended response; null when it has none.</param>
    public sealed record Done(ResponseKind Kind, LdapResult Result, byte[] Cookie, string? Name) : LdapResponse;
}
