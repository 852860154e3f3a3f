using System.Data.Common;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Hosting;

/// <summary>Tells a database that is away or busy from a bug of ours.</summary>
internal static class Outage
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteCantOpen = 14;

    /// <summary>What kind of outage it is, for whoever has to end it. The driver's own words, which may name hosts and accounts, are not in it.</summary>
    public static string Describe(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: SqliteFull } or Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.DiskFull }:
                    return "The disk of the database is full.";
                case Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: SqliteCantOpen or SqliteIoError }:
                    return "The file of the database can't be read or written.";
                case Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked }:
                    return "The database is busy with another transaction.";
            }
        }

        return "The database does not answer.";
    }

    // EF Core and OpenIddict wrap what the driver throws; what lies beneath tells an outage from a bug.
    public static bool Is(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { IsTransient: true } or TimeoutException or System.Net.Sockets.SocketException or IOException) return true;

            // The driver's own trouble (no connection to be had, connection broken) carries no SQLSTATE; a statement that is wrong does.
            if (cause is Npgsql.NpgsqlException postgres && Database.IsAway(postgres)) return true;
            if (cause is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked or SqliteIoError or SqliteFull or SqliteCantOpen }) return true;
        }

        return false;
    }
}
