using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KubeIdP.Data.Audit;

/// <summary>
/// The secret of the keyed hashes that prove that this issuer wrote an audit event or checkpoint: somebody who can only write to the
/// database can't forge one. Personal data goes into the hash as a salted digest, so that data and salt can be erased while the rest can
/// still be proven.
/// </summary>
public sealed class AuditKey
{
    /// <summary>In bytes.</summary>
    public const int Size = 32;

    private const int SaltSize = 16;

    private readonly byte[] secret;

    /// <exception cref="ArgumentException">The secret does not have <see cref="Size"/> bytes.</exception>
    public AuditKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Size) throw new ArgumentException($"An audit key must have {Size} bytes.", nameof(secret));
        this.secret = secret.ToArray();
    }

    internal static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltSize);

    /// <summary>
    /// The digest of <c>address</c>, <c>detail</c> and <c>reason</c>. Without the salt their values can't be guessed by trying.
    /// </summary>
    internal static byte[] DigestOf(byte[] salt, string? address, string? detail, string? reason)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, salt);
        Add(hash, address, detail, reason);
        return hash.GetHashAndReset();
    }

    /// <summary>
    /// The code of an event. It does not include the number and the time, which the database assigns; a checkpoint covers those.
    /// </summary>
    internal byte[] CodeOf(NewAuditEvent auditEvent, byte[] digest)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Add(hash, "event", auditEvent.Type, auditEvent.Actor, auditEvent.PersonId, auditEvent.SessionId, auditEvent.GrantId,
            auditEvent.ClientId, auditEvent.Reference);
        hash.AppendData(digest);
        return hash.GetHashAndReset();
    }

    /// <summary>
    /// The code of a checkpoint: over its events and, through the code of the previous checkpoint, over all events before them.
    /// </summary>
    internal byte[] CodeOf(CheckpointBatch batch, byte[] previous)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Add(hash, "checkpoint");
        Add(hash, batch.Number, batch.At.ToUnixTimeMilliseconds(), batch.Events.Count);
        hash.AppendData(previous);
        foreach (var auditEvent in batch.Events)
        {
            Add(hash, auditEvent.Id, auditEvent.At.ToUnixTimeMilliseconds());
            hash.AppendData(auditEvent.Code);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Each text is preceded by its length, so that two different lists never have the same bytes.</summary>
    private static void Add(IncrementalHash hash, params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
            Add(hash, text is null ? -1 : bytes.Length);
            hash.AppendData(bytes);
        }
    }

    private static void Add(IncrementalHash hash, params ReadOnlySpan<long> numbers)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            hash.AppendData(bytes);
        }
    }
}
