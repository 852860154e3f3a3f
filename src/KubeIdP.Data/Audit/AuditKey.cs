using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KubeIdP.Data.Audit;

/// <summary>
/// The secret of the keyed hashes by which audit events and checkpoints show that this issuer wrote them: who can write to the database, and no more, can't
/// make another. What is personal in an event goes in by a digest under a salt of its own, so that both can be erased and the rest still be proven.
/// </summary>
public sealed class AuditKey
{
    /// <summary>In bytes.</summary>
    public const int Size = 32;

    private const int SaltSize = 16;

    private readonly byte[] secret;

    /// <exception cref="ArgumentException">It has not <see cref="Size"/> bytes.</exception>
    public AuditKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Size) throw new ArgumentException($"An audit key has {Size} bytes.", nameof(secret));
        this.secret = secret.ToArray();
    }

    internal static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltSize);

    /// <summary>What stands for <c>address</c>, <c>detail</c> and <c>reason</c>; without the salt nobody can try out what they were.</summary>
    internal static byte[] DigestOf(byte[] salt, string? address, string? detail, string? reason)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, salt);
        Add(hash, address, detail, reason);
        return hash.GetHashAndReset();
    }

    /// <summary>The code of an event. Its number and moment are given by the database; a checkpoint covers those.</summary>
    internal byte[] CodeOf(NewAuditEvent entry, byte[] digest)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Add(hash, "event", entry.Type, entry.Actor, entry.PersonId, entry.SessionId, entry.GrantId, entry.ClientId, entry.Reference);
        hash.AppendData(digest);
        return hash.GetHashAndReset();
    }

    /// <summary>The code of a checkpoint over some events and, by the code of the checkpoint before it, over everything.</summary>
    internal byte[] CodeOf(CheckpointBatch batch, byte[] previous)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Add(hash, "checkpoint");
        Add(hash, batch.Number, batch.At.ToUnixTimeMilliseconds(), batch.Events.Count);
        hash.AppendData(previous);
        foreach (var entry in batch.Events)
        {
            Add(hash, entry.Id, entry.At.ToUnixTimeMilliseconds());
            hash.AppendData(entry.Code);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Each with its length before it, so that no two lists of texts are the same bytes.</summary>
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
