namespace KubeIdP.Connectors.Ldap.Protocol;

/// <summary>Cuts the bytes of a connection into messages.</summary>
/// <param name="limit">In bytes. A longer message is refused when its header has come, and room is made only for bytes that are there.</param>
internal sealed class MessageStream(Stream stream, int limit)
{
    private const byte Sequence = 0x30;
    private const int FirstBuffer = 4096;

    // One large entry must not leave an idle connection with megabytes.
    private const int KeptBuffer = 64 * 1024;

    private byte[] buffer = new byte[FirstBuffer];
    private int start;
    private int end;

    /// <summary>Whether bytes have come that no message was made of yet.</summary>
    public bool HasMore => end > start;

    /// <summary>The next whole message, good until the next call; null when the peer has closed between two messages.</summary>
    /// <exception cref="LdapFault">The bytes can't be a message, or it is too long, or the peer closed in the middle of one.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken ct)
    {
        if (!HasMore && buffer.Length > KeptBuffer) (buffer, start, end) = (new byte[FirstBuffer], 0, 0);

        while (true)
        {
            if (LengthOf(buffer.AsSpan(start, end - start)) is { } length && end - start >= length)
            {
                var message = buffer.AsMemory(start, length);
                start += length;
                return message;
            }

            MakeRoom();
            var read = await stream.ReadAsync(buffer.AsMemory(end), ct);
            if (read == 0) return HasMore ? throw new LdapFault(LdapFaultKind.Closed, "The connection was closed in the middle of an answer.") : null;
            end += read;
        }
    }

    /// <summary>How long the message is with its header; null while too little of the header is there.</summary>
    private int? LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return null;
        if (bytes[0] != Sequence) throw new LdapFault(LdapFaultKind.Protocol, "What came is not LDAP. Is this the right port, and is TLS spoken there?");

        if (bytes[1] < 0x80) return 2 + bytes[1];

        // RFC 4511 §5.1 forbids the indefinite form; four bytes of length are more than we take.
        var count = bytes[1] & 0x7F;
        if (count is 0 or > 4) throw new LdapFault(LdapFaultKind.Protocol, "What came is not LDAP: a length that cannot be.");
        if (bytes.Length < 2 + count) return null;

        var length = 0L;
        foreach (var part in bytes.Slice(2, count)) length = (length << 8) | part;
        return length <= limit ? 2 + count + (int)length : throw new LdapFault(LdapFaultKind.TooLarge, $"The server announced a message of {length} bytes; {limit} are taken.");
    }

    private void MakeRoom()
    {
        if (end < buffer.Length) return;

        // What is at the front has been handed out. Otherwise double: the room follows what came, never what was announced.
        var target = start > 0 ? buffer : new byte[buffer.Length * 2];
        buffer.AsSpan(start, end - start).CopyTo(target);
        (buffer, end, start) = (target, end - start, 0);
    }
}
