namespace KubeIdP.Data.Keys;

/// <summary>Everything in a database that the master key protects.</summary>
/// <param name="Audit">The audit key; null: there is none.</param>
/// <param name="Signing">The keys that sign ID tokens, also those of which only the public part is left.</param>
/// <param name="DataProtection">The data-protection key ring, each key as its XML document.</param>
/// <param name="HasAuditEvents">Whether there are audit events, which needed the audit key.</param>
/// <param name="HasSessions">Whether somebody has signed in or has a second factor, which needed the other two kinds of keys.</param>
public sealed record WrappedKeys(
    byte[]? Audit, IReadOnlyList<SigningKey> Signing, IReadOnlyList<(int Id, string Xml)> DataProtection, bool HasAuditEvents,
    bool HasSessions)
{
    /// <summary>Whether a master key was in use with this database.</summary>
    public bool MasterKeyWasUsed => Audit is not null || Signing is not [] || DataProtection is not [] || HasAuditEvents || HasSessions;
}
