using System.Reflection;
using KubeIdP.Data.Storage;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KubeIdP.Server.Hosting;

/// <summary>How the database's schema stands to this version.</summary>
/// <param name="Pending">How many migrations it lacks.</param>
/// <param name="Unknown">The latest one in it that this version doesn't know, and so a later version made; null: none.</param>
internal sealed record SchemaState(int Pending, string? Unknown)
{
    /// <summary>By what EF Core has written down, without EF Core: to ask it costs a start a quarter of a second and a server forty megabytes, for good.</summary>
    public static async Task<SchemaState> ReadAsync(Database database, CancellationToken ct)
    {
        var known = Assembly.Load(database.MigrationsAssembly).GetTypes().Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var applied = await MigrationHistory.ReadAsync(database, ct);
        return new SchemaState(known.Except(applied).Count(), applied.Where(id => !known.Contains(id)).Max(StringComparer.Ordinal));
    }
}
