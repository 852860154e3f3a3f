using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KubeIdP.Data.Audit;

/// <summary>Holds facts and seals against their codes, one after the other, wherever they come from. Remembers a code of each, some 50 bytes.</summary>
internal sealed class AuditCheck(AuditKey key, Action<long>? progress)
{
    private const int MostFindings = 100;

    private readonly Dictionary<UInt128, long> seen = [];
    private readonly HashSet<string> erasedPeople = new(StringComparer.Ordinal);
    private readonly List<AuditEvent> erased = [];
    private readonly List<AuditFinding> findings = [];
    private long more;

    /// <summary>How many were looked at.</summary>
    public long Facts { get; private set; }

    /// <summary>The code of the fact is its author's, and it is the only one of its kind.</summary>
    public void Fact(AuditEvent fact)
    {
        Facts++;
        progress?.Invoke(Facts);
        var isErased = fact.Salt is null;
        if (isErased && (fact.Digest is null || fact.Address is not null || fact.Detail is not null || fact.Reason is not null))
        {
            Report(AuditDamage.Changed, fact.Seal, fact.Id, $"Fact {fact.Id} says that its personal part was erased, and it has one.");
            return;
        }

        if (!Equal(key.CodeOf(fact.AsEntry(), isErased ? fact.Digest! : AuditKey.DigestOf(fact.Salt!, fact.Address, fact.Detail, fact.Reason)), fact.Code))
        {
            Report(AuditDamage.Changed, fact.Seal, fact.Id, $"Fact {fact.Id} ({fact.Type}, {fact.At:u}) is not what this issuer wrote: changed, or written by somebody else.");
            return;
        }

        var name = BinaryPrimitives.ReadUInt128BigEndian(fact.Code);
        if (!seen.TryAdd(name, fact.Id) && seen[name] != fact.Id)
        {
            Report(AuditDamage.Inserted, fact.Seal, fact.Id, $"Fact {fact.Id} is a copy of fact {seen[name]}.");
            return;
        }

        if (isErased) erased.Add(fact);
        if (fact is { Type: AuditEventType.PersonErased, PersonId: { } person }) erasedPeople.Add(person);
    }

    /// <summary>The seal is over these facts and no others.</summary>
    public void Seal(AuditBatch batch)
    {
        foreach (var fact in batch.Facts) Fact(fact);

        var (seal, number) = (batch.Seal, batch.Seal.Number);
        if (batch.Facts.Count < seal.Facts)
            Report(AuditDamage.Removed, number, null, $"Seal {number} ({seal.At:u}) is over {seal.Facts} facts, and {batch.Facts.Count} are there: {seal.Facts - batch.Facts.Count} were removed.");
        else if (batch.Facts.Count > seal.Facts)
            Report(AuditDamage.Inserted, number, null, $"Seal {number} ({seal.At:u}) is over {seal.Facts} facts, and {batch.Facts.Count} are there: {batch.Facts.Count - seal.Facts} were put under it.");
        else if (!Equal(key.CodeOf(new CheckpointBatch(number, seal.At, [.. batch.Facts.Select(fact => new CheckpointedEvent(fact.Id, fact.At, fact.Code))]), batch.Previous), seal.Code))
            Report(AuditDamage.Changed, number, null, $"Seal {number} ({seal.At:u}) does not fit what is under it or before it: the number, moment or code of a fact was changed, or the seal or the one before.");
    }

    public void Report(AuditDamage damage, long? seal, long? fact, string text)
    {
        if (findings.Count < MostFindings) findings.Add(new AuditFinding(damage, seal, fact, text));
        else more++;
    }

    /// <param name="facts">Of the database; those of an export were looked at as well.</param>
    public AuditVerdict Conclude(long facts, long seals, long unsealed, long prunedThrough, long lastSeal)
    {
        foreach (var fact in erased.Where(fact => !erasedPeople.Contains(fact.PersonId ?? fact.Actor ?? "")))
            Report(AuditDamage.Changed, fact.Seal, fact.Id, $"The personal part of fact {fact.Id} ({fact.Type}, {fact.At:u}) was erased, and no fact says that this person was.");
        return new AuditVerdict(facts, seals, unsealed, erased.Count, prunedThrough, lastSeal, findings, more);
    }

    private static bool Equal(byte[] expected, byte[] found) => CryptographicOperations.FixedTimeEquals(expected, found);
}
