namespace KubeIdP.Data.Audit;

/// <summary>How an audit event or a checkpoint differs from what was written.</summary>
public enum AuditDamage
{
    /// <summary>It was changed after it was written.</summary>
    Changed,

    /// <summary>This issuer did not write it, or not in this place.</summary>
    Inserted,

    /// <summary>It is missing.</summary>
    Removed,

    /// <summary>Checkpoints are missing before others, with their events.</summary>
    Gap,

    /// <summary>The first or the last checkpoints are missing, with their events.</summary>
    Cut,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Checkpoint">The number of the checkpoint; null where there is none.</param>
/// <param name="Event">The number of the event; null where it is about more than one.</param>
/// <param name="Text">What was found, as a text for people.</param>
public sealed record AuditFinding(AuditDamage Damage, long? Checkpoint, long? Event, string Text);

/// <summary>The result of checking every audit event and every checkpoint.</summary>
/// <param name="Events">How many the database has.</param>
/// <param name="Checkpoints">How many the database has.</param>
/// <param name="Uncovered">Events that no checkpoint covers yet; only their codes could be checked.</param>
/// <param name="Erased">Events whose personal part was erased, for a reason that the audit names.</param>
/// <param name="PrunedThrough">The last checkpoint whose events were deleted because of the configured retention; 0: none.</param>
/// <param name="LastCheckpoint">Its number; 0: there is none.</param>
/// <param name="Findings">The first ones, in the order of the checkpoints.</param>
/// <param name="MoreFindings">How many there are beyond those.</param>
public sealed record AuditVerdict(
    long Events, long Checkpoints, long Uncovered, long Erased, long PrunedThrough, long LastCheckpoint,
    IReadOnlyList<AuditFinding> Findings, long MoreFindings)
{
    /// <summary>
    /// True when there are events and no findings. An empty audit log proves nothing: a server writes an event at its first start, and
    /// retention always leaves one.
    /// </summary>
    public bool IsWhole => Findings.Count == 0 && Events > 0;
}
