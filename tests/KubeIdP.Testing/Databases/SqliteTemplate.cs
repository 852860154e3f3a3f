using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;
using KubeIdP.Testing.Processes;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Testing.Databases;

/// <summary>A file with all migrations applied, made once in a test process: applying them takes longer than most tests.</summary>
internal static class SqliteTemplate
{
    private static readonly Lazy<Task<string>> File = new(MakeAsync);

    public static async Task CopyToAsync(string path) => System.IO.File.Copy(await File.Value, path);

    private static async Task<string> MakeAsync()
    {
        var path = Path.Combine(Scratch.NewFolder("kubeidp-sqlite-template-"), "kubeidp.db");
        await using var database = Database.Sqlite(path, TimeProvider.System);
        await SchemaMigration.ApplyAsync(database, upTo: null, _ => { }, CancellationToken.None);

        // The last connection to close moves the write-ahead log into the file, which alone is copied.
        await using var connection = (SqliteConnection)await database.OpenAsync(CancellationToken.None);
        SqliteConnection.ClearPool(connection);
        return path;
    }
}
