using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Terminal;
using KubeIdP.Cli;
using KubeIdP.Core.Files;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Storage;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Replaces the SQLite database by a backup, and ends the sessions in it. All changes are made to a copy beside the database, which
/// replaces the database as the last step: if anything fails before, nothing has changed. See decision 0018.
/// </summary>
internal sealed class RestoreCommand
{
    private const int SessionsShown = 20;
    private const string Received = ".received";

    private readonly Argument<FileInfo> from = new("FILE")
    {
        Description = "The backup file, made by the command backup. - reads standard input.",
    };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask for confirmation." };
    private readonly Option<string?> reason = ReasonOption.Create();
    private readonly Option<string> output = OutputFormat.Option();

    public static Command Create(CommandContext context)
    {
        var command = new RestoreCommand();
        var restore = new Command(
            "restore", "Replace the SQLite database by a backup. The server must be stopped. Checks the backup, lists its live sessions "
                + "and ends them, and keeps the previous database.")
        {
            command.from, command.yes, command.reason, command.output,
        };
        restore.SetAction(async (parsed, ct) =>
        {
            if (context.Load(parsed) is not { } settings) return ExitCode.Misused;
            if (settings.Database.Postgres is not null)
            {
                await Console.Error.WriteLineAsync(BackupCommand.NotForPostgres);
                return ExitCode.Misused;
            }

            return await command.RunAsync(parsed, settings, ct);
        });
        return restore.With("restore /var/backups/kubeidp/kubeidp-20270131T090000Z.db", "restore - --yes < kubeidp.db");
    }

    private async Task<int> RunAsync(ParseResult parsed, Settings settings, CancellationToken ct)
    {
        var database = ServerLock.Resolve(StorageSetup.SqliteFile(settings.DataDirectory));
        var isPiped = NamedFiles.IsStandard(parsed.GetValue(from)!);
        if ((isPiped ? TerminalRefusal() : FileRefusal(parsed.GetValue(from)!.FullName, database)) is { } refusal)
        {
            await Console.Error.WriteLineAsync(refusal);
            return ExitCode.NotDone;
        }

        // The master key may have changed since: the backup needs the one from its time.
        var masterKey = MasterKey.Load(MasterKeyFile.Of(settings.MasterKeyFile, settings.Database, settings.DataDirectory).Path);
        using var alone = StorageSetup.TakeServerLock(settings.Database, settings.DataDirectory, "Stop the server, then restore.");
        var prepared = $"{database}.restoring";
        try
        {
            Remove(prepared);

            // SQLite reads only from files.
            var backup = isPiped
                ? new Backup(await ReceiveAsync(prepared + Received, ct), "The backup")
                : new Backup(parsed.GetValue(from)!.FullName, parsed.GetValue(from)!.FullName);
            return await RestoreAsync(parsed, settings, masterKey, backup, prepared, database, ct);
        }
        catch (CryptographicException fault)
        {
            await Console.Error.WriteLineAsync($"Nothing was done. The master key does not open this backup: {fault.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            await Console.Error.WriteLineAsync($"Nothing was done: {fault.Message}");
        }
        finally
        {
            Remove(prepared);
        }

        return ExitCode.NotDone;
    }

    private static string? TerminalRefusal() => Console.IsInputRedirected
        ? null
        : "Nothing was done. A database can't be typed. Redirect standard input from the backup: restore - < FILE";

    private static string? FileRefusal(string backup, string database) =>
        NamedFiles.ReadRefusal(backup, "Let your shell read it: COMMAND - < FILE")
        ?? (!File.Exists(backup) ? $"There is no file {backup}."
            : ServerLock.Resolve(backup) == database ? $"{backup} is the database itself, not a backup." : null);

    /// <summary>Writes standard input into a private file, whose name it returns.</summary>
    private static async Task<string> ReceiveAsync(string file, CancellationToken ct)
    {
        await using var to = PrivateFiles.CreateWriter(file);
        await using var input = Console.OpenStandardInput();

        // A read from a pipe can't be cancelled.
        await Task.Run(() => input.CopyTo(to.BaseStream), CancellationToken.None).WaitAsync(ct);
        return file;
    }

    private async Task<int> RestoreAsync(ParseResult parsed, Settings settings, MasterKey masterKey, Backup backup, string prepared,
        string database, CancellationToken ct)
    {
        if (await SqliteCopy.FindDamageAsync(backup.File, ct) is { } damage)
        {
            await Console.Error.WriteLineAsync($"Nothing was done. {backup.Name} is damaged: {damage}");
            return ExitCode.NotDone;
        }

        await SqliteCopy.WriteAsync(backup.File, prepared, ct);
        var now = TimeProvider.System.GetUtcNow();
        Restored restored;
        await using (var opened = Database.Sqlite(prepared, TimeProvider.System))
        {
            try
            {
                if (await PrepareAsync(parsed, settings, masterKey, opened, backup.Name, ct) is not { } done) return ExitCode.NotDone;
                restored = done;
            }
            finally
            {
                // When all connections are closed, SQLite leaves nothing in the write-ahead log.
                await opened.CloseIdleConnectionsAsync(CancellationToken.None);
            }
        }

        var keep = Path.Combine(Path.GetDirectoryName(database)!,
            string.Create(CultureInfo.InvariantCulture, $"before-restore-{now:yyyyMMdd'T'HHmmss'Z'}"));
        var hadOne = File.Exists(database);
        if (hadOne) FileNames.CreateFolder(keep);
        await SqliteCopy.ReplaceAsync(prepared, database, keep, ct);
        await ObjectOutput.WriteAsync(parsed.GetValue(output),
            new { restored.Until, restored.Sessions, restored.Ended, former = hadOne ? keep : null }, [database], $"""
            {database} is restored to its state at {TextTable.Timestamp(restored.Until)}. {Ended(restored.Ended)}
            {(hadOne ? $"The previous database is in {keep}; delete it when you no longer need it." : "There was no previous database.")}
            Start the server. Everything done after that time is lost: people disabled, factors reset, codes used.
            Do it again (deploy/runbooks/backup.md).
            """);
        return 0;
    }

    /// <summary>
    /// Prepares the copy: migrates the schema, checks that the keys open, ends the sessions. Null when that was refused or not confirmed;
    /// the reason has then been printed.
    /// </summary>
    private async Task<Restored?> PrepareAsync(ParseResult parsed, Settings settings, MasterKey masterKey, Database copy, string backup,
        CancellationToken ct)
    {
        if ((await MigrationHistory.ReadAsync(copy, ct)).Count == 0)
        {
            await Console.Error.WriteLineAsync($"Nothing was done. {backup} is not a KubeIdP database.");
            return null;
        }

        await copy.PrepareAsync(migrate: true, ct);
        await using var provider = new ServiceCollection()
            .AddLogging()
            .AddCommon(settings)
            .AddSingleton(copy)
            .AddSingleton(masterKey)
            .BuildServiceProvider();
        await provider.UnlockAuditAsync(ct);
        await provider.GetRequiredService<SigningKeys>().ReloadAsync(ct);

        await using var scope = provider.CreateAsyncScope();
        var administration = ActivatorUtilities.CreateInstance<DatabaseAdministration>(scope.ServiceProvider);
        var latest = (await administration.AuditEventsAsync(new AuditQuery(), ct)).Items;
        var until = latest is [var last, ..] ? last.At : DateTimeOffset.UnixEpoch;
        var size = await administration.MeasureAsync(new SessionQuery(), ct);
        var sessions = (await administration.SessionsAsync(new SessionQuery(), cursor: null, ct)).Items;
        await Console.Error.WriteLineAsync(Question(backup, until, size, sessions));
        if (!parsed.GetValue(yes) && !await ConfirmAsync(ct)) return null;

        var why = parsed.GetValue(reason) ?? "restored from a backup";
        var by = Actor.CommandLine with { Reason = why };
        await provider.GetRequiredService<AuditLog>().AppendAsync(
            new NewAuditEvent(AuditEventType.DatabaseRestored) { Actor = by.Name, Reason = why,
                Detail = string.Create(CultureInfo.InvariantCulture, $"as of {until:u}") }, ct);
        var ended = await administration.EndSessionsAsync(new SessionQuery(), size, new EndingReason(why, Tell: false), progress: null,
            ct);
        return new Restored(until, ended,
            [.. sessions.Select(session => new RestoredSession(session.Id, session.Username, session.AuthTime))]);
    }

    private static string Question(string backup, DateTimeOffset until, ManySessions size, IReadOnlyList<ApiSession> sessions)
    {
        var what = $"{backup} is from {TextTable.Timestamp(until)}.";
        if (size.Sessions == 0) return $"{what} It contains no live session.";

        return $"""
            {what} {Count(size.Sessions, "session")} of {(size.People == 1 ? "one person" : $"{size.People} people")} in it will be ended;
            these people have to sign in again.

            {TextTable.Of(
                ["SESSION", "PERSON", "SIGNED IN", "ENDS"],
                sessions.Take(SessionsShown).Select(session => (string[])
                [
                    session.Id, PersonRow.Shown(session.Username),
                    TextTable.Timestamp(session.AuthTime), TextTable.Timestamp(session.EndsAt),
                ]))}
            {(size.Sessions > SessionsShown ? $"… and {size.Sessions - SessionsShown} more\n" : "")}
            """;
    }

    private static async Task<bool> ConfirmAsync(CancellationToken ct)
    {
        if ((await Prompt.ReadLineAsync("Type restore to confirm: ", ct))?.Trim() == "restore") return true;

        await Console.Error.WriteLineAsync("Nothing was done. Without a terminal, use --yes.");
        return false;
    }

    private static string Count(long number, string what) => number == 1 ? $"One {what}" : $"{number} {what}s";

    private static string Ended(long number) =>
        number == 0 ? "No session had to be ended." : $"{Count(number, "session")} {(number == 1 ? "has" : "have")} been ended.";

    private static void Remove(string prepared)
    {
        foreach (var ending in (string[])["", "-wal", "-shm", "-journal", ".migrating", ".unfinished", Received])
            File.Delete(prepared + ending);
    }

    /// <param name="Name">For people.</param>
    private sealed record Backup(string File, string Name);

    /// <param name="Until">The time of the last audit event in the backup.</param>
    /// <param name="Ended">The number of ended sessions.</param>
    /// <param name="Sessions">The latest of them.</param>
    private sealed record Restored(DateTimeOffset Until, long Ended, IReadOnlyList<RestoredSession> Sessions);

    private sealed record RestoredSession(string Session, string Person, DateTimeOffset SignedInAt);
}
