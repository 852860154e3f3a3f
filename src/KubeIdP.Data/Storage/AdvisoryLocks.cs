namespace KubeIdP.Data.Storage;

/// <summary>
/// The advisory locks in PostgreSQL for work that only one process may do at a time; in one list, so that no two have the same number.
/// </summary>
public static class AdvisoryLocks
{
    public const long Migrating = Ours + 0;
    public const long MakingDataProtectionKeys = Ours + 1;
    public const long WritingAuditCheckpoints = Ours + 2;
    public const long ExportingAudit = Ours + 3;
    public const long ChangingAdministrators = Ours + 4;
    public const long AppendingOncePerAddress = Ours + 5;
    public const long AddingDeviceRequests = Ours + 6;

    /// <summary>An arbitrary base that no other program in this database uses.</summary>
    private const long Ours = 0x4b75_6265_4964_5000;
}
