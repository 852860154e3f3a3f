namespace KubeIdP.Data.Audit;

/// <summary>What became of a fact or a seal that should be as it was written.</summary>
public enum AuditDamage
{
    /// <summary>It is not what was written.</summary>
    Changed,

    /// <summary>This issuer did not write it, or not there.</summary>
    Inserted,

    /// <summary>It was there.</summary>
    Removed,

    /// <summary>Seals are missing before others, with their facts.</summary>
    Gap,

    /// <summary>The first or the last seals are missing, with their facts.</summary>
    Cut,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Seal">Under which seal; null where there is none.</param>
/// <param name="Fact">Which fact; null where it is about more than one.</param>
/// <param name="Text">What was found, for a person.</param>
public sealed record AuditFinding(AuditDamage Damage, long? Seal, long? Fact, string Text);

/// <summary>What a look at every fact and every seal has shown.</summary>
/// <param name="Facts">How many the database has.</param>
/// <param name="Seals">How many the database has.</param>
/// <param name="Unsealed">Facts that have no seal yet; only their codes could be checked.</param>
/// <param name="Erased">Facts whose personal part was erased, for a reason that the audit names.</param>
/// <param name="PrunedThrough">The last seal whose facts are gone because the configuration says how long they are kept; 0: none.</param>
/// <param name="LastSeal">Its number; 0: there is none.</param>
/// <param name="Findings">The first ones, in the order of the seals.</param>
/// <param name="MoreFindings">How many there are beyond those.</param>
public sealed record AuditVerdict(
    long Facts, long Seals, long Unsealed, long Erased, long PrunedThrough, long LastSeal, IReadOnlyList<AuditFinding> Findings, long MoreFindings)
{
    /// <summary>Nothing is wrong, and there was something: where there is nothing, nothing is proven. A server writes a fact at its first start, and pruning leaves one.</summary>
    public bool IsWhole => Findings.Count == 0 && Facts > 0;
}
