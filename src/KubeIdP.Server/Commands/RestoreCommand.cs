using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Api;
using KubeIdP.Server.Commands.Administration;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;
using Microsoft.Data.Sqlite;

namespace KubeIdP.Server.Commands;

/// <summary>
/// Puts a backup in the place of the SQLite database, and ends what it would bring back to life. All of it is done on a copy beside the database, which takes
/// its place at the very end: whatever goes wrong before, nothing has changed. See decision 0018.
/// </summary>
internal sealed class RestoreCommand
{
    private const int SessionsShown = 20;

    private readonly Argument<FileInfo> from = new("FILE") { Description = "The backup, as backup writes it." };
    private readonly Option<bool> yes = new("--yes", "-y") { Description = "Don't ask." };
    private readonly Option<string?> reason = ReasonOption.Create();
    private readonly Option<string> output = OutputFormat.Option();

    public static Command Create(CommandContext context)
    {
        var verb = new RestoreCommand();
        var restore = new Command(
            "restore", "Put a backup in the place of the SQLite database, with the server stopped: checks it, says which sessions come back and ends them, and keeps what was there before.")
        {
            verb.from, verb.yes, verb.reason, verb.output,
        };
        restore.SetAction(async (parsed, ct) =>
        {
            if (context.Load(parsed) is not { } settings) return CommandLine.Misused;
            if (settings.Database.Postgres is not null)
            {
                await Console.Error.WriteLineAsync(BackupCommand.NotForPostgres);
                return CommandLine.Misused;
            }

            return await verb.RunAsync(parsed, settings, ct);
        });
        return restore;
    }

    private async Task<int> RunAsync(ParseResult parsed, Settings settings, CancellationToken ct)
    {
        var backup = parsed.GetValue(from)!.FullName;
        var database = ServerLock.Resolve(StorageSetup.SqliteFile(settings.DataDirectory));
        if (!File.Exists(backup) || ServerLock.Resolve(backup) == database)
        {
            await Console.Error.WriteLineAsync(File.Exists(backup) ? $"{backup} is the database itself: name a backup of it." : $"There is no file {backup}.");
            return CommandLine.NotDone;
        }

        // The key may have changed since: what this backup needs is the one of its own day.
        var masterKey = MasterKey.Load(MasterKeyFile.Of(settings.MasterKeyFile, settings.Database, settings.DataDirectory).Path);
        using var alone = StorageSetup.TakeServerLock(settings.Database, settings.DataDirectory, "Stop it, then restore.");
        var prepared = $"{database}.restoring";
        try
        {
            Remove(prepared);
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

        return CommandLine.NotDone;
    }

    private async Task<int> RestoreAsync(ParseResult parsed, Settings settings, MasterKey masterKey, string backup, string prepared, string database, CancellationToken ct)
    {
        if (await SqliteCopy.FindDamageAsync(backup, ct) is { } damage)
        {
            await Console.Error.WriteLineAsync($"Nothing was done. {backup} is damaged: {damage}");
            return CommandLine.NotDone;
        }

        await SqliteCopy.WriteAsync(backup, prepared, ct);
        var now = TimeProvider.System.GetUtcNow();
        Restored restored;
        await using (var opened = Database.Sqlite(prepared, TimeProvider.System))
        {
            try
            {
                if (await PrepareAsync(parsed, settings, masterKey, opened, backup, ct) is not { } done) return CommandLine.NotDone;
                restored = done;
            }
            finally
            {
                // Without a connection nothing is left in a write-ahead log.
                await opened.CloseIdleConnectionsAsync(CancellationToken.None);
            }
        }

        var keep = Path.Combine(Path.GetDirectoryName(database)!, string.Create(CultureInfo.InvariantCulture, $"before-restore-{now:yyyyMMdd'T'HHmmss'Z'}"));
        var hadOne = File.Exists(database);
        if (hadOne) PrivateFiles.CreateFolder(keep);
        await SqliteCopy.ReplaceAsync(prepared, database, keep, ct);
        await OutputFormat.WriteAsync(parsed.GetValue(output), new { restored.Until, restored.Sessions, restored.Ended, kept = hadOne ? keep : null }, $"""
            {database} is the backup now, with what there was until {TextTable.Moment(restored.Until)}. {Ended(restored.Ended)}
            {(hadOne ? $"What was there before is in {keep}; delete it when you need it no more." : "There was none before.")}
            Start the server. What was done since that moment is undone: people disabled, factors reset, codes used (deploy/runbooks/backup.md).
            """);
        return 0;
    }

    /// <summary>Makes the copy what is to be served: its schema current, its keys opened, its sessions over. Null when that was not wanted, which has been said.</summary>
    private async Task<Restored?> PrepareAsync(ParseResult parsed, Settings settings, MasterKey masterKey, Database copy, string backup, CancellationToken ct)
    {
        if ((await MigrationHistory.ReadAsync(copy, ct)).Count == 0)
        {
            await Console.Error.WriteLineAsync($"Nothing was done. {backup} is no database of KubeIdP.");
            return null;
        }

        await copy.PrepareAsync(migrate: true, ct);
        await using var provider = new ServiceCollection().AddLogging().AddCommon(settings).AddSingleton(copy).AddSingleton(masterKey).BuildServiceProvider();
        await provider.UnlockAuditAsync(ct);
        await provider.GetRequiredService<SigningKeys>().ReloadAsync(ct);

        await using var scope = provider.CreateAsyncScope();
        var administration = ActivatorUtilities.CreateInstance<DatabaseAdministration>(scope.ServiceProvider);
        var latest = (await administration.AuditEventsAsync(new AuditFilter(), ct)).Rows;
        var until = latest is [var last, ..] ? last.At : DateTimeOffset.UnixEpoch;
        var size = await administration.MeasureAsync(new SessionFilter(), ct);
        var sessions = (await administration.SessionsAsync(new SessionFilter(), ct)).Rows;
        await Console.Error.WriteLineAsync(Question(backup, until, size, sessions));
        if (!parsed.GetValue(yes) && !await IsMeantAsync(ct)) return null;

        var why = parsed.GetValue(reason) ?? "restored from a backup";
        var by = Actor.CommandLine with { Reason = why };
        await provider.GetRequiredService<AuditLog>().AppendAsync(
            new NewAuditEvent(AuditEventType.DatabaseRestored) { Actor = by.Name, Reason = why, Detail = string.Create(CultureInfo.InvariantCulture, $"as of {until:u}") }, ct);
        var ended = await administration.EndSessionsAsync(new SessionFilter(), size, new EndingReason(why, Tell: false), progress: null, ct);
        return new Restored(until, ended, [.. sessions.Select(session => new ComesBack(session.Id, session.Username, session.AuthTime))]);
    }

    private static string Question(string backup, DateTimeOffset until, BulkSize size, IReadOnlyList<ApiSession> sessions)
    {
        var what = $"{backup} holds what there was until {TextTable.Moment(until)}.";
        if (size.Sessions == 0) return $"{what} No session comes back with it.";

        return $"""
            {what} {Count(size.Sessions, "session")} of {(size.People == 1 ? "one person" : $"{size.People} people")} {(size.Sessions == 1 ? "comes back with it and is" : "come back with it and are")} ended: who needs one signs in again.

            {TextTable.Of(["SESSION", "PERSON", "SIGNED IN", "ENDS"], sessions.Take(SessionsShown).Select(session => (string[])[session.Id, PersonRow.Shown(session.Username), TextTable.Moment(session.AuthTime), TextTable.Moment(session.EndsAt)]))}
            {(size.Sessions > SessionsShown ? $"… and {size.Sessions - SessionsShown} more\n" : "")}
            """;
    }

    private static async Task<bool> IsMeantAsync(CancellationToken ct)
    {
        if ((await Prompt.ReadLineAsync("Type restore to go on: ", ct))?.Trim() == "restore") return true;

        await Console.Error.WriteLineAsync("Nothing was done. Without a terminal write --yes.");
        return false;
    }

    private static string Count(long number, string what) => number == 1 ? $"One {what}" : $"{number} {what}s";

    private static string Ended(long number) => number == 0 ? "No session had to be ended." : $"{Count(number, "session")} {(number == 1 ? "has" : "have")} been ended.";

    private static void Remove(string prepared)
    {
        foreach (var ending in (string[])["", "-wal", "-shm", "-journal", ".migrating", ".unfinished"]) File.Delete(prepared + ending);
    }

    /// <param name="Until">The backup's last audit event.</param>
    /// <param name="Ended">How many sessions were ended.</param>
    /// <param name="Sessions">The latest of them.</param>
    private sealed record Restored(DateTimeOffset Until, long Ended, IReadOnlyList<ComesBack> Sessions);

    private sealed record ComesBack(string Session, string Person, DateTimeOffset SignedInAt);
}
