namespace KubeIdP.Data.Storage;

/// <summary>In which way a database can't be used now.</summary>
public enum OutageKind
{
    /// <summary>No connection, or one that broke: it is stopped, starting, restarting, or the network does not lead there.</summary>
    Unreachable,

    /// <summary>The file of an SQLite database can't be opened, read or written.</summary>
    FileUnusable,

    /// <summary>Another file or folder of this machine can't be read or written: it is missing, read-only, or another account's.</summary>
    PathUnusable,

    /// <summary>It does not let our account in, or has no database of that name.</summary>
    SignInRefused,

    /// <summary>It answers and takes no change: a standby, a failover that is under way, or a file that can't be written.</summary>
    ReadOnly,

    /// <summary>Too much at once: no connection left, a timeout of its own, a deadlock.</summary>
    Overloaded,

    /// <summary>Another transaction holds what this one needs.</summary>
    Locked,

    /// <summary>Its disk or its quota is used up.</summary>
    Full,

    /// <summary>What this server has prepared on a connection is not there, or is another's: a pooler has given the connection to somebody else.</summary>
    SharedConnection,

    /// <summary>Tables are not as the migrations left them, or are not found: another database, another <c>search_path</c>, a restore that is under way.</summary>
    SchemaMissing,

    /// <summary>Our account lacks a right.</summary>
    RightMissing,

    /// <summary>It reports damage or an error of its own.</summary>
    Broken,
}
