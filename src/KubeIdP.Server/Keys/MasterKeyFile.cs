using KubeIdP.Server.Runtime;
using KubeIdP.Server.Storage;

namespace KubeIdP.Server.Keys;

/// <summary>Where the master key is.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="IsNamed">Whether the configuration names it, so that it must exist; otherwise the first start creates it.</param>
internal sealed record MasterKeyFile(string Path, bool IsNamed)
{
    /// <summary>
    /// The configured file; if none is configured, with SQLite a file in the data directory. Throws <see cref="StartFault"/>.
    /// </summary>
    public static MasterKeyFile Of(string? named, DatabaseOptions database, string dataDirectory) => (named, database.Postgres) switch
    {
        ({ } file, _) => new(file, IsNamed: true),
        (null, not null) =>
            throw new StartFault("With PostgreSQL the master key must come from a file that all replicas share. Set masterKeyFile to it."),
        _ => new(System.IO.Path.Combine(dataDirectory, MasterKey.FileName), IsNamed: false),
    };
}
