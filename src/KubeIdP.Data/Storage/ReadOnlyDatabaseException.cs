using System.Data.Common;

namespace KubeIdP.Data.Storage;

/// <summary>A connection leads to a PostgreSQL that takes no change.</summary>
public sealed class ReadOnlyDatabaseException(string message) : DbException(message)
{
    /// <summary>
    /// For statements that only read, and whose answer lets somebody in: a pooler may have led them to a standby, where what has been revoked has not arrived yet.
    /// </summary>
    internal const string Standby = "A standby has answered.";

    public override bool IsTransient => true;
}
