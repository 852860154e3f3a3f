using Microsoft.EntityFrameworkCore.Migrations;

namespace KubeIdP.Migrations.Postgres;

/// <summary>
/// Creates an index on a table that has rows without blocking writes to the table (<c>CONCURRENTLY</c>). That can't be part of a
/// transaction, so a migration that calls this does nothing else, and can be run again from the start after it was interrupted.
/// </summary>
internal static class IndexBesideWork
{
    /// <param name="migration">The migration that creates it.</param>
    /// <param name="name">The name of the index.</param>
    /// <param name="definition">
    /// What comes after the name, exactly as in the model, such as <c>ON grants (client_id) WHERE ended_at IS NULL</c>.
    /// </param>
    /// <param name="unique">Whether the index is unique. Existing rows must already be.</param>
    public static void CreateIndexBesideWork(this MigrationBuilder migration, string name, string definition, bool unique = false)
    {
        // If the index exists, an interrupted run has left it, perhaps incomplete.
        migration.Sql($"DROP INDEX CONCURRENTLY IF EXISTS {name}", suppressTransaction: true);
        migration.Sql($"CREATE {(unique ? "UNIQUE " : "")}INDEX CONCURRENTLY {name} {definition}", suppressTransaction: true);
    }
}
