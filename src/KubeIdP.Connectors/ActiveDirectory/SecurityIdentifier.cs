using System.Buffers.Binary;

namespace KubeIdP.Connectors.ActiveDirectory;

/// <summary>The bytes of a SID (MS-DTYP §2.4.2.2), of which only the last number concerns us.</summary>
internal static class SecurityIdentifier
{
    private const int Header = 8;

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
}
