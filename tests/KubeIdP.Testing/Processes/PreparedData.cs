using KubeIdP.Data.Storage;
using KubeIdP.Testing.Databases;
using KubeIdP.Testing.Issuers;
using KubeIdP.Testing.Time;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Testing.Processes;

/// <summary>
/// A data directory in which the schema and the keys are there and nothing else, made once in a test process: a server that finds one
/// starts in two thirds of the processor time that it takes on an empty folder.
/// </summary>
internal static class PreparedData
{
    private const string File = "kubeidp.db";
    private const string MasterKey = "master.key";

    private static readonly Lazy<Task<string>> Folder = new(MakeAsync);

    /// <summary>As the product makes it: for its owner alone.</summary>
    public static async Task CopyToAsync(string folder)
    {
        var prepared = await Folder.Value;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var name in (string[])[File, MasterKey])
        {
            var copy = Path.Combine(folder, name);
            System.IO.File.Copy(Path.Combine(prepared, name), copy);
            if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static async Task<string> MakeAsync()
    {
        var ct = CancellationToken.None;
        var folder = Scratch.NewFolder("kubeidp-prepared-");
        await using var database = await TestDatabase.SqliteAsync(new FakeClock(), ct);
        await using (await InMemoryIssuer.StartAsync(database, folder, change: null, ct))
        {
        }

        // The audit begins with the server that gets the copy.
        await using var connection = await database.Database.OpenAsync(ct);
        await using var forget = connection.CreateCommand();
        forget.CommandText =
            $"DELETE FROM audit_events; DELETE FROM audit_checkpoints; DELETE FROM jobs; DELETE FROM sqlite_sequence; VACUUM INTO "
            + $"'{folder}/{File}'";
        await forget.ExecuteNonQueryAsync(ct);

        // In the journal mode that a server works in.
        await using var copy = Database.Sqlite($"{folder}/{File}", TimeProvider.System);
        await using var opened = (SqliteConnection)await copy.OpenAsync(ct);
        SqliteConnection.ClearPool(opened);
        return folder;
    }
}
