namespace KubeIdP.Data.Storage;

/// <summary>What stands between this server and its database.</summary>
public enum DatabasePath
{
    /// <summary>No connection has been made yet.</summary>
    Unknown,

    /// <summary>No pooler: each connection has its own PostgreSQL process.</summary>
    Direct,

    /// <summary>
    /// A pooler such as PgBouncer: each transaction of a connection may run in another PostgreSQL process, whose state is shared with other
    /// clients.
    /// </summary>
    Pooler,
}
