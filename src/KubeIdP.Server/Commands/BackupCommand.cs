using System.CommandLine;
using System.Globalization;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Storage;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Server.Commands;

/// <summary>Copies the SQLite database. PostgreSQL has programs of its own for that.</summary>
internal static class BackupCommand
{
    public const string NotForPostgres =
        "The database is on PostgreSQL, which has its own programs for this: pg_dump and pg_restore, as deploy/runbooks/backup.md shows.";

    public static Command Create(CommandContext context)
    {
        var to = new Argument<FileInfo>(
            "FILE") { Description =
                "The file to write; if this is a folder, the file is named kubeidp-TIME.db. An existing file is not replaced." };
        var output = OutputFormat.Option();
        var backup = new Command("backup",
            "Copy the SQLite database into one file that only its owner can read. The server may run meanwhile. The master key is not in "
            + "the file: back it up separately.") { to, output };
        backup.SetAction(async (parsed, ct) =>
        {
            if (context.Load(parsed) is not { } settings) return ExitCode.Misused;
            if (settings.Database.Postgres is not null)
            {
                await Console.Error.WriteLineAsync(NotForPostgres);
                return ExitCode.Misused;
            }

            return await WriteAsync(settings, FileOf(parsed.GetValue(to)!.FullName), parsed.GetValue(output), ct);
        });
        return backup.With("backup /var/backups/kubeidp");
    }

    private static async Task<int> WriteAsync(Settings settings, string file, string? format, CancellationToken ct)
    {
        var database = StorageSetup.SqliteFile(settings.DataDirectory);
        if (await StorageSetup.FindMissingAsync(settings.Database, settings.DataDirectory, ct) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return ExitCode.NotDone;
        }

        try
        {
            await SqliteCopy.WriteAsync(database, file, ct);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            await Console.Error.WriteLineAsync($"No backup was made of {database}: {fault.Message}");
            return ExitCode.NotDone;
        }

        var size = new FileInfo(file).Length;
        await ObjectOutput.WriteAsync(format, new { file, size }, [file],
            string.Create(CultureInfo.InvariantCulture,
                $"{file} holds the database, {size:N0} bytes. It opens only with the present master key, which is not in it."));
        return 0;
    }

    private static string FileOf(string named) => Directory.Exists(named)
        ? Path.Combine(named,
            string.Create(CultureInfo.InvariantCulture, $"kubeidp-{TimeProvider.System.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.db"))
        : named;
}
