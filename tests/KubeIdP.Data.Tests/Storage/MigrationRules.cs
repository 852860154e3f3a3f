using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace KubeIdP.Data.Tests.Storage;

/// <summary>
/// What a migration on PostgreSQL may do to a table that has rows, while servers of this version and the one before work with it: only what
/// holds the table for a moment, and nothing that the version before would miss.
/// </summary>
internal static class MigrationRules
{
    public static IEnumerable<string> Faults(IReadOnlyList<MigrationOperation> operations)
    {
        var made = operations.OfType<CreateTableOperation>().Select(table => table.Name).ToHashSet();
        var beside = operations.OfType<SqlOperation>().Where(sql => sql.SuppressTransaction).ToList();
        if (beside.Count > 0 && beside.Count < operations.Count)
            yield return "Indexes that are made beside the work go into a migration of their own: it could not be run again from the "
                + "start.";
        foreach (var sql in beside.Where(sql => !sql.Sql.Contains(" INDEX CONCURRENTLY ", StringComparison.Ordinal)))
            yield return $"Outside of a transaction there may be CreateIndexBesideWork alone, not: {sql.Sql}";

        foreach (var operation in operations)
        {
            var fault = operation switch
            {
                CreateTableOperation or SqlOperation { SuppressTransaction: true } or DropIndexOperation => null,
                CreateIndexOperation index =>
                    made.Contains(index.Table)
                        ? null
                        : $"Every write to {index.Table} waits until the index {index.Name} is made: use CreateIndexBesideWork.",
                AddColumnOperation { IsNullable: true, DefaultValueSql: null } => null,
                AddColumnOperation { DefaultValue: not null, DefaultValueSql: null } => null,
                AddColumnOperation column =>
                    $"{column.Table}.{column.Name} needs NULL or a constant for the rows that are there: else all of them are written "
                    + $"anew, or refused.",
                DropColumnOperation or DropTableOperation => null,
                SqlOperation sql => $"It is not known what this does to a table that is in use: {sql.Sql}",
                _ => $"{operation.GetType().Name} reads or writes all rows while nobody else may, or takes from the version before what "
                    + $"it knows.",
            };
            if (fault is not null) yield return fault;
        }
    }
}
