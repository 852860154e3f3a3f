using System.Reflection;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Storage;

/// <summary>How the database's schema stands to this version.</summary>
/// <param name="Pending">How many migrations it lacks.</param>
/// <param name="Unknown">The latest one in it that this version doesn't know, and so a later version made; null: none.</param>
internal sealed record SchemaState(int Pending, string? Unknown)
{
    /// <summary>By what EF Core has written down, without EF Core: to ask it costs a start a quarter of a second and a server forty megabytes, for good.</summary>
    public static async Task<SchemaState> ReadAsync(Database database, CancellationToken ct)
    {
        var known = Known(database);
        var applied = await MigrationHistory.ReadAsync(database, ct);
        return new SchemaState(known.Except(applied).Count(), applied.Where(id => !known.Contains(id)).Max(StringComparer.Ordinal));
    }

    /// <summary>The names of all migrations, as their project writes them down when it is built: to look at the migrations themselves would load EF Core.</summary>
    public static IReadOnlySet<string> Known(Database database) => Assembly.Load(database.MigrationsAssembly).GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "Migrations").Value!.Split(' ').ToHashSet(StringComparer.Ordinal);
}
