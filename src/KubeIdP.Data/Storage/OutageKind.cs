namespace KubeIdP.Data.Storage;

/// <summary>The kinds of outages of a database.</summary>
public enum OutageKind
{
    /// <summary>No connection, or one that broke: it is stopped, starting, restarting, or the network does not lead there.</summary>
    Unreachable,

    /// <summary>The file of an SQLite database can't be opened, read or written.</summary>
    FileUnusable,

    /// <summary>Another file or folder of this machine can't be read or written: it is missing, read-only, or another account's.</summary>
    PathUnusable,

    /// <summary>It refuses the server's account, or has no database of that name.</summary>
    SignInRefused,

    /// <summary>It answers but accepts no changes: a standby, a failover in progress, or a file that can't be written.</summary>
    ReadOnly,

    /// <summary>Too much at once: no connection left, a timeout of its own, a deadlock.</summary>
    Overloaded,

    /// <summary>Another transaction holds a lock that this one needs.</summary>
    Locked,

    /// <summary>Its disk or its quota is used up.</summary>
    Full,

    /// <summary>
    /// A prepared statement is missing or belongs to another client: a pooler has given the connection to another client.
    /// </summary>
    SharedConnection,

    /// <summary>
    /// Tables are missing or differ from the migrations: another database, another <c>search_path</c>, or a restore in progress.
    /// </summary>
    SchemaMissing,

    /// <summary>The server's account lacks a right.</summary>
    RightMissing,

    /// <summary>It reports damage or an error of its own.</summary>
    Broken,
}
