using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace KubeIdP.Data.Storage;

/// <summary>
/// The only place that distinguishes a database that can't be used now from a bug (decisions/0017). The statements are fixed texts that the
/// test suite runs on both databases, so only errors that depend on their parameters are bugs.
/// </summary>
/// <param name="Kind">The kind of outage.</param>
/// <param name="Detail">What the database or the network said, for administrators.</param>
public sealed record Outage(OutageKind Kind, string Detail)
{
    /// <summary>SQLITE_IOERR_GETTEMPPATH</summary>
    private const int NoTemporaryFolder = 6410;

    /// <summary>PostgreSQL's error code; null if the error did not come from PostgreSQL.</summary>
    public string? State { get; private init; }

    /// <summary>What is wrong, in a sentence.</summary>
    public string What => Kind switch
    {
        OutageKind.Unreachable => "The database does not answer",
        OutageKind.FileUnusable => "The database file can't be read or written",
        OutageKind.PathUnusable => "A file or folder that is needed can't be used",
        OutageKind.SignInRefused => "The database refuses the account of this server",
        OutageKind.ReadOnly => "The database is read-only",
        OutageKind.Overloaded => "The database is overloaded",
        OutageKind.Locked => "The database is busy with another transaction",
        OutageKind.Full => "The disk of the database is full",
        OutageKind.SharedConnection => "A connection pooler gave this server's database connection to another client",
        OutageKind.SchemaMissing => "The database does not have the tables of this server",
        OutageKind.RightMissing => "This server's account lacks a right in the database",
        OutageKind.Broken => "The database is damaged or had an internal error",
        _ => throw new InvalidOperationException($"An outage of an unknown kind: {Kind}"),
    };

    /// <summary>What to do about it.</summary>
    public string Fix => Kind switch
    {
        OutageKind.Unreachable =>
            "Check that it runs, that it can be reached over the network, and the host and port in database.postgres.",
        OutageKind.FileUnusable => "Check the disk, and make the account of this process the owner of the file and its folder.",
        OutageKind.PathUnusable => "Create it, mount it writable, or make the account of this process its owner.",
        OutageKind.SignInRefused =>
            "Check account, database name and password (database.postgres, database.passwordFile), and the server's pg_hba.conf.",
        OutageKind.ReadOnly =>
            "Wait for the failover, or name every host in database.postgres, with Target Session Attributes=primary; with SQLite make "
            + "the account of this process the owner of the file.",
        OutageKind.Overloaded =>
            "Look for long transactions and for too few connections (pg_stat_activity), and for a statement_timeout or lock_timeout of "
            + "this server's account.",
        OutageKind.Locked => "Look for a transaction that is left open (with PostgreSQL in pg_stat_activity), and end it.",
        OutageKind.Full => "Free space on its disk.",
        OutageKind.SharedConnection =>
            "If this persists: remove Max Auto Prepare from database.postgres; without it a pooler is detected automatically.",
        OutageKind.SchemaMissing =>
            "Check the database name in database.postgres and the search_path of this server's account, and run the command \"migrate\".",
        OutageKind.RightMissing => "Grant it, or run the command \"migrate\" with the account that owns the tables.",
        OutageKind.Broken => "Check the log of the database.",
        _ => throw new InvalidOperationException($"An outage of an unknown kind: {Kind}"),
    };

    /// <summary>
    /// Whether the connection itself is affected for as long as it is open; such a connection must not be used again.
    /// </summary>
    internal bool IsOfTheConnection => Kind is OutageKind.ReadOnly or OutageKind.SharedConnection or OutageKind.SchemaMissing;

    /// <summary>
    /// The outage that caused an exception, however libraries have wrapped it; null for a bug. The innermost exception is the most
    /// specific.
    /// </summary>
    public static Outage? Of(Exception fault)
    {
        Outage? found = null;
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (KindOf(cause) is { } kind) found = new Outage(kind, Say(cause)) { State = (cause as PostgresException)?.SqlState };
        }

        return found;
    }

    /// <summary>Whether an outage caused an exception.</summary>
    public static bool Is(Exception fault) => Of(fault) is not null;

    /// <summary>
    /// What kind of outage it is, in a sentence. It does not contain the driver's message, which may name hosts and accounts.
    /// </summary>
    public static string Describe(Exception fault) => $"{Of(fault)?.What ?? "The database failed"}.";

    /// <summary>One line for administrators.</summary>
    public override string ToString() => $"{What}: {Detail.TrimEnd('.')}. {Fix}";

    private static OutageKind? KindOf(Exception cause) => cause switch
    {
        ReadOnlyDatabaseException => OutageKind.ReadOnly,
        PostgresException postgres => OfState(postgres.SqlState) ?? (IsTheConnections(postgres) ? OutageKind.Unreachable : null),

        // A second command on a connection that is in use is a bug.
        NpgsqlOperationInProgressException => null,

        // An error of the driver itself: no connection was available, or one broke.
        NpgsqlException => OutageKind.Unreachable,
        SqliteException sqlite => OfSqlite(sqlite.SqliteErrorCode),
        DbException { IsTransient: true } => OutageKind.Overloaded,
        UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException or PathTooLongException =>
            OutageKind.PathUnusable,

        // With an error number of the operating system (errno(3)) it is about a file, which the message names; errors of connections have
        // none.
        IOException { HResult: > 0 and < 4096 } => OutageKind.PathUnusable,
        TimeoutException or SocketException or IOException => OutageKind.Unreachable,
        _ => null,
    };

    /// <summary>
    /// An error that ends the database session is about the session, whatever its code; poolers report all their errors in this way.
    /// </summary>
    private static bool IsTheConnections(PostgresException fault) =>
        fault.InvariantSeverity is "FATAL" or "PANIC" || fault.Severity is "FATAL" or "PANIC";

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
        // The driver hides the server's own message about this.
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } postgres when IsTheConnections(postgres) =>
            $"{postgres.MessageText}: CONNECT is missing ({postgres.SqlState})",
        PostgresException postgres => $"{postgres.MessageText} ({postgres.SqlState})",
        SqliteException { SqliteExtendedErrorCode: NoTemporaryFolder } =>
            "SQLite finds no folder for temporary files: neither TMPDIR nor /var/tmp nor /tmp is writable",
        SqliteException sqlite when sqlite.Data[NonBlockingSqliteConnection.File] is string file => $"{file}: {sqlite.Message}",
        _ => cause.GetBaseException().Message,
    };
}
