using System.Data.Common;

namespace KubeIdP.Data.Storage;

/// <summary>A connection leads to a PostgreSQL server that accepts no changes.</summary>
public sealed class ReadOnlyDatabaseException(string message) : DbException(message)
{
    /// <summary>
    /// For statements that only read and whose answer grants something: a pooler may have sent them to a standby, where a revocation has
    /// not arrived yet.
    /// </summary>
    internal const string Standby = "The answer came from a standby.";

    public override bool IsTransient => true;
}
