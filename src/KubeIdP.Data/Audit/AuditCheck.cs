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
    public void Event(AuditEvent auditEvent)
    {
        Events++;
        progress?.Invoke(Events);
        var isErased = auditEvent.Salt is null;
        if (isErased && auditEvent is not { Digest: not null, Address: null, Detail: null, Reason: null })
        {
            Report(AuditDamage.Changed, auditEvent.Checkpoint, auditEvent.Id,
                $"Event {auditEvent.Id} says that its personal data was erased, but it contains personal data.");
            return;
        }

        if (!Equal(
            key.CodeOf(auditEvent.AsNewEvent(),
                isErased
                    ? auditEvent.Digest!
                    : AuditKey.DigestOf(auditEvent.Salt!, auditEvent.Address, auditEvent.Detail, auditEvent.Reason)), auditEvent.Code))
        {
            Report(AuditDamage.Changed, auditEvent.Checkpoint, auditEvent.Id,
                $"Event {auditEvent.Id} ({auditEvent.Type}, {auditEvent.At:u}) is not what this issuer wrote: it was changed, or somebody "
                + "else wrote it.");
            return;
        }

        var name = BinaryPrimitives.ReadUInt128BigEndian(auditEvent.Code);
        if (!seen.TryAdd(name, auditEvent.Id) && seen[name] != auditEvent.Id)
        {
            Report(AuditDamage.Inserted, auditEvent.Checkpoint, auditEvent.Id, $"Event {auditEvent.Id} is a copy of event {seen[name]}.");
            return;
        }

        if (isErased) erased.Add(auditEvent);
        if (auditEvent is { Type: AuditEventType.PersonErased, PersonId: { } person }) erasedPeople.Add(person);
    }

    /// <summary>Checks that the checkpoint covers these events and no others.</summary>
    public void Checkpoint(AuditBatch batch)
    {
        foreach (var auditEvent in batch.Events) Event(auditEvent);

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
                    [.. batch.Events.Select(one => new CheckpointedEvent(one.Id, one.At, one.Code))]), batch.Previous),
                    checkpoint.Code))
            Report(AuditDamage.Changed, number, null,
                $"Checkpoint {number} ({checkpoint.At:u}) does not fit its events or the checkpoint before it: the number, time or code "
                + $"of an event was changed, or this checkpoint or the one before.");
    }

    public void Report(AuditDamage damage, long? checkpoint, long? auditEvent, string text)
    {
        if (findings.Count < MaxFindings) findings.Add(new AuditFinding(damage, checkpoint, auditEvent, text));
        else more++;
    }

    /// <param name="events">Of the database; those of an export were checked as well.</param>
    public AuditVerdict Conclude(long events, long checkpoints, long uncovered, long prunedThrough, long lastCheckpoint)
    {
        foreach (var auditEvent in erased.Where(one => !erasedPeople.Contains(one.PersonId ?? one.Actor ?? "")))
            Report(AuditDamage.Changed, auditEvent.Checkpoint, auditEvent.Id,
                $"The personal data of event {auditEvent.Id} ({auditEvent.Type}, {auditEvent.At:u}) was erased, but no event says that "
                + "this person was erased.");
        return new AuditVerdict(events, checkpoints, uncovered, erased.Count, prunedThrough, lastCheckpoint, findings, more);
    }

    private static bool Equal(byte[] expected, byte[] found) => CryptographicOperations.FixedTimeEquals(expected, found);
}
