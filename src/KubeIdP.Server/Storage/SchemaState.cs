using System.Reflection;
using KubeIdP.Data.Schema;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Storage;

/// <summary>How the database's schema compares with this version.</summary>
/// <param name="Pending">How many migrations it lacks.</param>
/// <param name="Unknown">
/// The latest migration in it that this version does not know, because a later version applied it; null: none.
/// </param>
internal sealed record SchemaState(int Pending, string? Unknown)
{
    /// <summary>
    /// Reads EF Core's history table without EF Core, which would cost a quarter of a second at the start and forty megabytes of memory
    /// permanently.
    /// </summary>
    public static async Task<SchemaState> ReadAsync(Database database, CancellationToken ct)
    {
        var known = Known(database);
        var applied = await MigrationHistory.ReadAsync(database, ct);
        return new SchemaState(known.Except(applied).Count(), applied.Where(id => !known.Contains(id)).Max(StringComparer.Ordinal));
    }

    /// <summary>
    /// The names of all migrations, which their project writes into its assembly attributes when it is built; reading the migrations
    /// themselves would load EF Core.
    /// </summary>
    public static IReadOnlySet<string> Known(Database database) =>
        database.Migrations.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "Migrations").Value!.Split(' ').ToHashSet(StringComparer.Ordinal);
}
