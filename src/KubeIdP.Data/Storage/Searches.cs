using System.Data.Common;

namespace KubeIdP.Data.Storage;

internal static class Searches
{
    /// <summary>
    /// Begins the statements of a search; null where they need nothing around them. PostgreSQL plans a statement that came a few times once for all values:
    /// right for a client that everybody uses, and a walk through the whole table for one that nobody does. So each search is planned by itself.
    /// </summary>
    public static async Task<DbTransaction?> BeginSearchAsync(this Database database, DbConnection connection, CancellationToken ct)
    {
        if (!database.IsPostgres) return null;

        var transaction = await connection.BeginTransactionAsync(ct);
        await database.ExecuteAsync(connection, transaction, "SET LOCAL plan_cache_mode = force_custom_plan", ct);
        return transaction;
    }
}
