using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace KubeIdP.Data.Storage;

/// <summary>
/// The only place that tells a database that can't be used now from a bug of ours (decisions/0017). Our statements are fixed texts that the test suite runs on
/// both databases, so what remains for a bug is what depends on the values given to them.
/// </summary>
/// <param name="Kind">In which way.</param>
/// <param name="Detail">What the database or the network said, for administrators.</param>
public sealed record Outage(OutageKind Kind, string Detail)
{
    /// <summary>SQLITE_IOERR_GETTEMPPATH</summary>
    private const int NoTemporaryFolder = 6410;

    /// <summary>PostgreSQL's code for it; null: nothing came from there.</summary>
    public string? State { get; private init; }

    /// <summary>What is wrong, in a sentence.</summary>
    public string What => Kind switch
    {
        OutageKind.Unreachable => "The database does not answer",
        OutageKind.FileUnusable => "The file of the database can't be read or written",
        OutageKind.PathUnusable => "A file or folder that is needed can't be used",
        OutageKind.SignInRefused => "The database does not let us in",
        OutageKind.ReadOnly => "The database is read-only",
        OutageKind.Overloaded => "The database is overloaded",
        OutageKind.Locked => "The database is busy with another transaction",
        OutageKind.Full => "The disk of the database is full",
        OutageKind.SharedConnection => "A connection to the database was given to somebody else by a pooler",
        OutageKind.SchemaMissing => "The database does not have the tables of this server",
        OutageKind.RightMissing => "Our account in the database lacks a right",
        OutageKind.Broken => "The database is damaged or failed by itself",
        _ => throw new InvalidOperationException($"An outage of an unknown kind: {Kind}"),
    };

    /// <summary>What to do about it.</summary>
    public string Fix => Kind switch
    {
        OutageKind.Unreachable => "Check that it runs, that the network leads to it, and the host and port in database.postgres.",
        OutageKind.FileUnusable => "Check the disk, and give the file and its folder to the account of this process.",
        OutageKind.PathUnusable => "Make it, mount it so that it can be written, or give it to the account of this process.",
        OutageKind.SignInRefused => "Check account, database name and password (database.postgres, database.passwordFile), and the server's pg_hba.conf.",
        OutageKind.ReadOnly => "Wait for the failover, or name every host in database.postgres, with Target Session Attributes=primary; with SQLite give the file to the account of this process.",
        OutageKind.Overloaded => "Look for long transactions and for too few connections (pg_stat_activity), and for a statement_timeout or lock_timeout of our account.",
        OutageKind.Locked => "Look for a transaction that is left open (with PostgreSQL in pg_stat_activity), and end it.",
        OutageKind.Full => "Make room on its disk.",
        OutageKind.SharedConnection => "If it stays: remove Max Auto Prepare from database.postgres, without which a pooler is recognised.",
        OutageKind.SchemaMissing => "Check the database name in database.postgres and the search_path of our account, and run the verb migrate.",
        OutageKind.RightMissing => "Grant it, or run the verb migrate with the account that owns the tables.",
        OutageKind.Broken => "Read the log of the database.",
        _ => throw new InvalidOperationException($"An outage of an unknown kind: {Kind}"),
    };

    /// <summary>
    /// Whether it is a property of the connection as well, which would have it for as long as it lives: such a connection must not be used again.
    /// </summary>
    internal bool IsOfTheConnection => Kind is OutageKind.ReadOnly or OutageKind.SharedConnection or OutageKind.SchemaMissing;

    /// <summary>The outage that an exception tells of, however libraries have wrapped it; null for a bug. What lies deepest knows most.</summary>
    public static Outage? Of(Exception fault)
    {
        Outage? found = null;
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (KindOf(cause) is { } kind) found = new Outage(kind, Say(cause)) { State = (cause as PostgresException)?.SqlState };
        }

        return found;
    }

    /// <summary>Whether an exception tells of an outage.</summary>
    public static bool Is(Exception fault) => Of(fault) is not null;

    /// <summary>What kind of outage it is, in a sentence. The driver's own words, which may name hosts and accounts, are not in it.</summary>
    public static string Describe(Exception fault) => $"{Of(fault)?.What ?? "The database failed"}.";

    /// <summary>One line for administrators.</summary>
    public override string ToString() => $"{What}: {Detail.TrimEnd('.')}. {Fix}";

    private static OutageKind? KindOf(Exception cause) => cause switch
    {
        ReadOnlyDatabaseException => OutageKind.ReadOnly,
        PostgresException postgres => OfState(postgres.SqlState) ?? (IsTheConnections(postgres) ? OutageKind.Unreachable : null),

        // A second command on a connection that is in use.
        NpgsqlOperationInProgressException => null,

        // The driver's own trouble: no connection to be had, or one that broke.
        NpgsqlException => OutageKind.Unreachable,
        SqliteException sqlite => OfSqlite(sqlite.SqliteErrorCode),
        DbException { IsTransient: true } => OutageKind.Overloaded,
        UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException or PathTooLongException => OutageKind.PathUnusable,

        // With the system's own number (errno(3)) it is about a file, which its text names; what comes from a connection has none.
        IOException { HResult: > 0 and < 4096 } => OutageKind.PathUnusable,
        TimeoutException or SocketException or IOException => OutageKind.Unreachable,
        _ => null,
    };

    /// <summary>Whatever its code, an error that ends the session is about the session: poolers report all that they have to say in this way.</summary>
    private static bool IsTheConnections(PostgresException fault) => fault.InvariantSeverity is "FATAL" or "PANIC" || fault.Severity is "FATAL" or "PANIC";

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static OutageKind? OfState(string state) => state switch
    {
        "25006" => OutageKind.ReadOnly,
        "25P03" or "25P04" => OutageKind.Overloaded,
        "26000" or "42P05" or "0A000" => OutageKind.SharedConnection,
        "3D000" => OutageKind.SignInRefused,
        "3F000" or "42P01" or "42703" or "42883" => OutageKind.SchemaMissing,
        "42501" => OutageKind.RightMissing,
        "53100" => OutageKind.Full,
        "55P03" => OutageKind.Locked,
        "72000" => OutageKind.Overloaded,
        ['0', '8', ..] => OutageKind.Unreachable,
        ['2', '8', ..] => OutageKind.SignInRefused,
        ['4', '0', ..] or ['5', '3', ..] or ['5', '5', ..] => OutageKind.Overloaded,
        "57014" => OutageKind.Overloaded,
        ['5', '7', ..] => OutageKind.Unreachable,
        ['5', '8', ..] or ['F', '0', ..] or ['X', 'X', ..] => OutageKind.Broken,
        _ => null,
    };

    // https://www.sqlite.org/rescode.html
    private static OutageKind? OfSqlite(int code) => code switch
    {
        3 or 8 or 23 => OutageKind.ReadOnly, // PERM, READONLY, AUTH
        5 or 6 => OutageKind.Locked, // BUSY, LOCKED
        7 or 15 => OutageKind.Overloaded, // NOMEM, PROTOCOL
        10 or 14 => OutageKind.FileUnusable, // IOERR, CANTOPEN
        11 or 26 => OutageKind.Broken, // CORRUPT, NOTADB
        13 => OutageKind.Full, // FULL
        _ => null,
    };

    private static string Say(Exception cause) => cause switch
    {
        // The driver keeps the server's own words on it to itself.
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } postgres when IsTheConnections(postgres) => $"{postgres.MessageText}: CONNECT is missing ({postgres.SqlState})",
        PostgresException postgres => $"{postgres.MessageText} ({postgres.SqlState})",
        SqliteException { SqliteExtendedErrorCode: NoTemporaryFolder } => "SQLite finds no folder for temporary files: neither that of TMPDIR nor /var/tmp nor /tmp can be written",
        SqliteException sqlite when sqlite.Data[PatientSqliteConnection.File] is string file => $"{file}: {sqlite.Message}",
        _ => cause.GetBaseException().Message,
    };
}
