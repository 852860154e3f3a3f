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
                "The file to write; if this is a folder, the file is named kubeidp-TIME.db. An existing file is not replaced. - writes to "
                + "standard output." };
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

            if (NamedFiles.IsStandard(parsed.GetValue(to)!)) return await PrintAsync(settings, parsed.GetValue(output), ct);
            if (NamedFiles.Refusal("Let your shell write the file: (umask 077; COMMAND - > FILE)") is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return ExitCode.NotDone;
            }

            return await WriteAsync(settings, FileOf(parsed.GetValue(to)!.FullName), parsed.GetValue(output), ct);
        });
        return backup.With("backup /var/backups/kubeidp", "backup - > kubeidp.db");
    }

    /// <summary>By a copy in the data directory, which is deleted: SQLite writes only to files.</summary>
    private static async Task<int> PrintAsync(Settings settings, string? format, CancellationToken ct)
    {
        if (!Console.IsOutputRedirected)
        {
            await Console.Error.WriteLineAsync("A database can't be shown on a terminal. Redirect standard output to a file.");
            return ExitCode.Misused;
        }

        var copy = $"{StorageSetup.SqliteFile(settings.DataDirectory)}.{Guid.NewGuid():N}.printing";
        try
        {
            if (!await CopyAsync(settings, copy, ct)) return ExitCode.NotDone;

            var size = new FileInfo(copy).Length;
            await PrintAsync(copy, ct);
            await ObjectOutput.WriteAsync(Console.Error, format, new { file = "-", size }, ["-"], Said("Standard output", size));
            return 0;
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static async Task PrintAsync(string file, CancellationToken ct)
    {
        await using var from = File.OpenRead(file);
        try
        {
            await using var to = Console.OpenStandardOutput();
            await from.CopyToAsync(to, ct);
            await to.FlushAsync(ct);
        }
        catch (IOException fault)
        {
            throw new OutputFault(fault);
        }
    }

    private static async Task<int> WriteAsync(Settings settings, string file, string? format, CancellationToken ct)
    {
        if (!await CopyAsync(settings, file, ct)) return ExitCode.NotDone;

        var size = new FileInfo(file).Length;
        await ObjectOutput.WriteAsync(format, new { file, size }, [file], Said(file, size));
        return 0;
    }

    private static string Said(string file, long size) => string.Create(CultureInfo.InvariantCulture,
        $"{file} holds the database, {size:N0} bytes. It opens only with the present master key, which is not in it.");

    /// <summary>False when it was not done; the reason has then been printed.</summary>
    private static async Task<bool> CopyAsync(Settings settings, string file, CancellationToken ct)
    {
        var database = StorageSetup.SqliteFile(settings.DataDirectory);
        if (await StorageSetup.FindMissingAsync(settings.Database, settings.DataDirectory, ct) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return false;
        }

        try
        {
            await SqliteCopy.WriteAsync(database, file, ct);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            await Console.Error.WriteLineAsync($"No backup was made of {database}: {fault.Message}");
            return false;
        }
    }

    private static string FileOf(string named) => Directory.Exists(named)
        ? Path.Combine(named,
            string.Create(CultureInfo.InvariantCulture, $"kubeidp-{TimeProvider.System.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.db"))
        : named;
}
