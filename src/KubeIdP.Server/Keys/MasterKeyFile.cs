using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;

namespace KubeIdP.Server.Keys;

/// <summary>Where the master key is.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="IsNamed">Whether the configuration names it, so that it must exist; otherwise the first start makes it.</param>
internal sealed record MasterKeyFile(string Path, bool IsNamed)
{
    /// <summary>What is named; without it, and with SQLite, a file in the data directory. Throws <see cref="StartFault"/>.</summary>
    public static MasterKeyFile Of(string? named, DatabaseOptions database, string dataDirectory) => (named, database.Postgres) switch
    {
        ({ } file, _) => new(file, IsNamed: true),
        (null, not null) => throw new StartFault("With PostgreSQL the master key must come from a file that all replicas share. Name it as masterKeyFile."),
        _ => new(System.IO.Path.Combine(dataDirectory, MasterKey.FileName), IsNamed: false),
    };
}
