using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KubeIdP.Data.Audit;

/// <summary>
/// Checks audit events and checkpoints against their codes, one after the other, from the database or from an export. Keeps a code of each
/// in memory, about 50 bytes.
/// </summary>
internal sealed class AuditCheck(AuditKey key, Action<long>? progress)
{
    private const int MaxFindings = 100;

    private readonly Dictionary<UInt128, long> seen = [];
    private readonly HashSet<string> erasedPeople = new(StringComparer.Ordinal);
    private readonly List<AuditEvent> erased = [];
    private readonly List<AuditFinding> findings = [];
    private long more;

    /// <summary>How many were checked.</summary>
    public long Events { get; private set; }

    /// <summary>Checks that this issuer wrote the event, and that there is no copy of it.</summary>
    public void Event(AuditEvent entry)
    {
        Events++;
        progress?.Invoke(Events);
        var isErased = entry.Salt is null;
        if (isErased && (entry.Digest is null || entry.Address is not null || entry.Detail is not null || entry.Reason is not null))
        {
            Report(AuditDamage.Changed, entry.Checkpoint, entry.Id,
                $"Event {entry.Id} says that its personal data was erased, but it contains personal data.");
            return;
        }

        if (!Equal(
            key.CodeOf(entry.AsEntry(),
                isErased ? entry.Digest! : AuditKey.DigestOf(entry.Salt!, entry.Address, entry.Detail, entry.Reason)), entry.Code))
        {
            Report(AuditDamage.Changed, entry.Checkpoint, entry.Id,
                $"Event {entry.Id} ({entry.Type}, {entry.At:u}) is not what this issuer wrote: it was changed, or somebody else wrote it.");
            return;
        }

        var name = BinaryPrimitives.ReadUInt128BigEndian(entry.Code);
        if (!seen.TryAdd(name, entry.Id) && seen[name] != entry.Id)
        {
            Report(AuditDamage.Inserted, entry.Checkpoint, entry.Id, $"Event {entry.Id} is a copy of event {seen[name]}.");
            return;
        }

        if (isErased) erased.Add(entry);
        if (entry is { Type: AuditEventType.PersonErased, PersonId: { } person }) erasedPeople.Add(person);
    }

    /// <summary>Checks that the checkpoint covers these events and no others.</summary>
    public void Checkpoint(AuditBatch batch)
    {
        foreach (var entry in batch.Events) Event(entry);

        var (checkpoint, number) = (batch.Checkpoint, batch.Checkpoint.Number);
        if (batch.Events.Count < checkpoint.Events)
            Report(AuditDamage.Removed, number, null,
                $"Checkpoint {number} ({checkpoint.At:u}) covers {checkpoint.Events} events, and {batch.Events.Count} are "
                + $"there: {checkpoint.Events - batch.Events.Count} were removed.");
        else if (batch.Events.Count > checkpoint.Events)
            Report(AuditDamage.Inserted, number, null,
                $"Checkpoint {number} ({checkpoint.At:u}) covers {checkpoint.Events} events, but {batch.Events.Count} "
                + $"exist: {batch.Events.Count - checkpoint.Events} were added.");
        else if (!Equal(
            key.CodeOf(
                new CheckpointBatch(number, checkpoint.At,
                    [.. batch.Events.Select(entry => new CheckpointedEvent(entry.Id, entry.At, entry.Code))]), batch.Previous),
                    checkpoint.Code))
            Report(AuditDamage.Changed, number, null,
                $"Checkpoint {number} ({checkpoint.At:u}) does not fit its events or the checkpoint before it: the number, time or code "
                + $"of an event was changed, or this checkpoint or the one before.");
    }

    public void Report(AuditDamage damage, long? checkpoint, long? entry, string text)
    {
        if (findings.Count < MaxFindings) findings.Add(new AuditFinding(damage, checkpoint, entry, text));
        else more++;
    }

    /// <param name="events">Of the database; those of an export were checked as well.</param>
    public AuditVerdict Conclude(long events, long checkpoints, long uncovered, long prunedThrough, long lastCheckpoint)
    {
        foreach (var entry in erased.Where(entry => !erasedPeople.Contains(entry.PersonId ?? entry.Actor ?? "")))
            Report(AuditDamage.Changed, entry.Checkpoint, entry.Id,
                $"The personal data of event {entry.Id} ({entry.Type}, {entry.At:u}) was erased, but no event says that this person was "
                + $"erased.");
        return new AuditVerdict(events, checkpoints, uncovered, erased.Count, prunedThrough, lastCheckpoint, findings, more);
    }

    private static bool Equal(byte[] expected, byte[] found) => CryptographicOperations.FixedTimeEquals(expected, found);
}
