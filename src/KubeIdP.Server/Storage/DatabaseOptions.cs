using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Storage;

public sealed record DatabaseOptions
{
    /// <summary>A PostgreSQL connection string (Npgsql's keywords). Absent: SQLite in the data directory. Several hosts: "Host=db1,db2;Target Session Attributes=primary". A pooler is recognised; "Max Auto Prepare" says by hand whether statements are prepared (0: never).</summary>
    [Secret(IsConnectionString = true)]
    public string? Postgres { get; init; }

    /// <summary>A file with the password of the PostgreSQL account, so that the connection string needs none. It is read for each new connection, so a changed password needs no restart.</summary>
    public string? PasswordFile { get; init; }
}
