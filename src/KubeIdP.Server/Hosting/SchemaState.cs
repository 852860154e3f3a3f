using KubeIdP.Data;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Hosting;

/// <summary>How the database's schema stands to this version.</summary>
/// <param name="Pending">How many migrations it lacks.</param>
/// <param name="Unknown">The latest one in it that this version doesn't know, and so a later version made; null: none.</param>
internal sealed record SchemaState(int Pending, string? Unknown)
{
    public static async Task<SchemaState> ReadAsync(KubeIdpDbContext db, CancellationToken ct)
    {
        var pending = await db.Database.GetPendingMigrationsAsync(ct);
        var unknown = (await db.Database.GetAppliedMigrationsAsync(ct)).Except(db.Database.GetMigrations());
        return new SchemaState(pending.Count(), unknown.LastOrDefault());
    }
}
