using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Storage;

public sealed record DatabaseOptions
{
    /// <summary>
    /// A PostgreSQL connection string (Npgsql's keywords). Default: an SQLite database in the data directory. For several hosts:
    /// "Host=db1,db2;Target Session Attributes=primary". A connection pooler is detected automatically; "Max Auto Prepare" overrides
    /// whether statements are prepared (0: never).
    /// </summary>
    [Secret(IsConnectionString = true)]
    public string? Postgres { get; init; }

    /// <summary>
    /// A file with the password of the PostgreSQL account, instead of a password in the connection string. It is read for each new
    /// connection, so a changed password needs no restart.
    /// </summary>
    public string? PasswordFile { get; init; }
}
