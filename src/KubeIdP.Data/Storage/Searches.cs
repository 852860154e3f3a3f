namespace KubeIdP.Data.Storage;

internal static class Searches
{
    /// <summary>
    /// Begins the statements of a search. PostgreSQL plans a statement that came a few times once for all values: right for a client that everybody uses, and a
    /// walk through the whole table for one that nobody uses. So each search is planned by itself.
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
/// <param name="statements">What they run in.</param>
/// <param name="transaction">What ends with the search; null where nothing does.</param>
internal sealed class Search(Statements statements, UnitOfWork? transaction) : IAsyncDisposable
{
    public Statements Statements => statements;

    public ValueTask DisposeAsync() => transaction?.DisposeAsync() ?? ValueTask.CompletedTask;
}
