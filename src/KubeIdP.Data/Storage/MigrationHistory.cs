namespace KubeIdP.Data.Storage;

/// <summary>Which migrations a database has had, as EF Core writes them down.</summary>
public static class MigrationHistory
{
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
