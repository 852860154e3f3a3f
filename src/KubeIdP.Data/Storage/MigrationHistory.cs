using Microsoft.Data.Sqlite;

namespace KubeIdP.Data.Storage;

/// <summary>Which migrations a database has had, as EF Core writes them down.</summary>
public static class MigrationHistory
{
    /// <summary>Whether an SQLite file has ever been migrated. It is only read, and let go of.</summary>
    public static async Task<bool> IsInAsync(string file, CancellationToken ct)
    {
        try
        {
            await using var connection = await SqliteCopy.OpenAsync(file, SqliteOpenMode.ReadOnly, ct);
            await using var exists = connection.CreateCommand();
            exists.CommandText = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsHistory'";
            return await exists.ExecuteScalarAsync(ct) is not null;
        }
        catch (SqliteException fault)
        {
            fault.Data[PatientSqliteConnection.File] = file;
            throw;
        }
    }

    /// <summary>Their ids; none for a database that is empty.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(Database database, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var exists = database.Command(connection, database.IsPostgres
            ? """SELECT 1 WHERE to_regclass('"__EFMigrationsHistory"') IS NOT NULL"""
            : "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsHistory'");
        if (await exists.ExecuteScalarAsync(ct) is null) return [];

        await using var command = database.Command(connection, """SELECT "MigrationId" FROM "__EFMigrationsHistory" ORDER BY 1""");
        await using var row = await command.ExecuteReaderAsync(ct);
        var applied = new List<string>();
        while (await row.ReadAsync(ct)) applied.Add(row.GetString(0));
        return applied;
    }
}
