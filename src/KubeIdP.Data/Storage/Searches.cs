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
