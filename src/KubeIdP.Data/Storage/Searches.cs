namespace KubeIdP.Data.Storage;

internal static class Searches
{
    /// <summary>
    /// Begins the statements of a search. PostgreSQL uses one generic plan for a repeated statement, which suits a client that everybody
    /// uses but scans the whole table for one that nobody uses. So each search is planned separately.
    /// </summary>
    public static async Task<Search> BeginSearchAsync(this Database database, CancellationToken ct)
    {
        if (!database.IsPostgres) return new Search(database, transaction: null);

        var work = await database.BeginAsync(ct);
        try
        {
            await work.ExecuteAsync("SET LOCAL plan_cache_mode = force_custom_plan", ct);
            return new Search(work, work);
        }
        catch
        {
            await work.DisposeAsync();
            throw;
        }
    }
}

/// <summary>Runs the statements of one search; ends with it.</summary>
/// <param name="statements">The connection or transaction in which they run.</param>
/// <param name="transaction">The transaction that ends with the search; null if there is none.</param>
internal sealed class Search(Statements statements, UnitOfWork? transaction) : IAsyncDisposable
{
    public Statements Statements => statements;

    public ValueTask DisposeAsync() => transaction?.DisposeAsync() ?? ValueTask.CompletedTask;
}
