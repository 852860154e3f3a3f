namespace KubeIdP.Ldap;

/// <summary>Splits the bytes of a connection into messages.</summary>
/// <param name="limit">
/// In bytes. A longer message is refused as soon as its header is there, and the buffer grows only for bytes that are there.
/// </param>
internal sealed class MessageStream(Stream stream, int limit)
{
    private const byte Sequence = 0x30;
    private const int FirstBuffer = 4096;

    // A larger buffer is released when it is empty: one large entry must not cost an idle connection megabytes.
    private const int MaxIdleBuffer = 64 * 1024;

    private byte[] buffer = new byte[FirstBuffer];
    private int start;
    private int end;

    /// <summary>Whether bytes are buffered that belong to no message returned so far.</summary>
    public bool HasMore => end > start;

    /// <summary>The next whole message, valid until the next call; null when the peer has closed between two messages.</summary>
    /// <exception cref="LdapException">
    /// The bytes can't be a message, or it is too long, or the peer closed in the middle of one.
    /// </exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken ct)
    {
        if (!HasMore && buffer.Length > MaxIdleBuffer) (buffer, start, end) = (new byte[FirstBuffer], 0, 0);

        while (true)
        {
            if (LengthOf(buffer.AsSpan(start, end - start)) is { } length && end - start >= length)
            {
                var message = buffer.AsMemory(start, length);
                start += length;
                return message;
            }

            Grow();
            var read = await stream.ReadAsync(buffer.AsMemory(end), ct);
            if (read == 0 && HasMore)
                throw new LdapException(LdapErrorKind.Closed, "The connection was closed in the middle of a response.");
            if (read == 0) return null;
            end += read;
        }
    }

    /// <summary>How long the message is with its header; null while too little of the header is there.</summary>
    private int? LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return null;
        if (bytes[0] != Sequence)
            throw new LdapException(LdapErrorKind.Protocol,
                "The data received is not LDAP. Check the port, and whether the server expects TLS there.");

        if (bytes[1] < 0x80) return 2 + bytes[1];

        // RFC 4511 §5.1 forbids the indefinite form; a length of four bytes is beyond the limit.
        var count = bytes[1] & 0x7F;
        if (count is 0 or > 4) throw new LdapException(LdapErrorKind.Protocol,
            "The data received is not LDAP: it has an impossible length.");
        if (bytes.Length < 2 + count) return null;

        var length = 0L;
        foreach (var part in bytes.Slice(2, count)) length = (length << 8) | part;
        return length <= limit
            ? 2 + count + (int)length
            : throw new LdapException(LdapErrorKind.TooLarge, $"The server announced a message of {length} bytes; the limit is {limit}.");
    }

    private void Grow()
    {
        if (end < buffer.Length) return;

        // Free the front, whose message was returned, or else double: the buffer follows what has come, never what was announced.
        var target = start > 0 ? buffer : new byte[buffer.Length * 2];
        buffer.AsSpan(start, end - start).CopyTo(target);
        (buffer, end, start) = (target, end - start, 0);
    }
}
