namespace KubeIdP.Data.Storage;

/// <summary>What stands between this server and its database.</summary>
public enum DatabasePath
{
    /// <summary>No connection has been made yet.</summary>
    Unknown,

    /// <summary>Nothing that looks into the protocol: a connection is a process of PostgreSQL for as long as it lives.</summary>
    Direct,

    /// <summary>A pooler such as PgBouncer: each transaction of a connection may run in another process of PostgreSQL, in whose state others have a share.</summary>
    Pooler,
}
