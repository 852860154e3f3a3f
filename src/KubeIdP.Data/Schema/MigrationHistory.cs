using KubeIdP.Data.Storage;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Data.Schema;

/// <summary>The migrations that were applied to a database, as EF Core records them.</summary>
public static class MigrationHistory
{
    /// <summary>Whether any migration was applied to an SQLite file. The file is only read, and closed again.</summary>
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
            fault.Data[NonBlockingSqliteConnection.File] = file;
            throw;
        }
    }

    /// <summary>Their ids; none for a database that is empty.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(Database database, CancellationToken ct)
    {
        var exists = await database.ExistsAsync(database.IsPostgres
            ? """SELECT 1 WHERE to_regclass('"__EFMigrationsHistory"') IS NOT NULL"""
            : "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsHistory'", ct);
        if (!exists) return [];

        return await database.ListAsync("""SELECT "MigrationId" AS id FROM "__EFMigrationsHistory" ORDER BY 1""", row => row.Text("id"),
            ct);
    }
}
