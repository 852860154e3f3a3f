using Microsoft.EntityFrameworkCore.Migrations;

namespace KubeIdP.Migrations.Postgres;

/// <summary>
/// How a table that has rows gets an index: beside everybody's work, for the usual way keeps all who write until it is done. It can't be part of a transaction,
/// so a migration that calls this does nothing else, and can be run again from the start after it was cut off in the middle.
/// </summary>
internal static class IndexBesideWork
{
    /// <param name="definition">What comes after the index's name: <c>ON grants (client_id) WHERE ended_at IS NULL</c>, word for word as in the model.</param>
    public static void CreateIndexBesideWork(this MigrationBuilder migration, string name, string definition)
    {
        // What is there already is what a run left that was cut off, and may not be whole.
        migration.Sql($"DROP INDEX CONCURRENTLY IF EXISTS {name}", suppressTransaction: true);
        migration.Sql($"CREATE INDEX CONCURRENTLY {name} {definition}", suppressTransaction: true);
    }
}
