using System.Data.Common;

namespace KubeIdP.Data.Storage;

/// <summary>All that one of us at a time does in a PostgreSQL: the numbers of the locks, in one list so that no two are the same.</summary>
public static class AdvisoryLocks
{
    public const long Migrating = Ours + 0;
    public const long MakingSealingKeys = Ours + 1;
    public const long SealingTheAudit = Ours + 2;
    public const long ExportingTheAudit = Ours + 3;
    public const long DecidingOverAdministrators = Ours + 4;
    public const long ReportingOncePerAddress = Ours + 5;

    /// <summary>Any number that nobody else begins to count at in this database.</summary>
    private const long Ours = 0x4b75_6265_4964_5000;

    /// <summary>Whether this transaction has the lock until its end; false at once where another has it. SQLite lets one transaction write at a time anyhow.</summary>
    internal static async Task<bool> TryTakeAsync(Database database, DbConnection connection, DbTransaction transaction, long number, CancellationToken ct)
    {
        if (!database.IsPostgres) return true;

        await using var command = database.Command(connection, "SELECT pg_try_advisory_xact_lock(@number)", ("number", number));
        command.Transaction = transaction;
        return await command.ExecuteScalarAsync(ct) is true;
    }
}
