namespace KubeIdP.Server.Runtime;

/// <summary>
/// Remembers what was reported recently, so that it is not reported again at every refresh. Its size is limited: when it is full everything
/// is forgotten, and may be reported once more.
/// </summary>
internal sealed class RecentlyReported<TReport>(TimeSpan quiet, int max, TimeProvider clock)
    where TReport : notnull
{
    private readonly Lock sync = new();
    private readonly Dictionary<TReport, DateTimeOffset> reports = [];

    public bool IsNews(TReport report)
    {
        lock (sync) return !reports.TryGetValue(report, out var at) || clock.GetUtcNow() - at >= quiet;
    }

    /// <summary>Call this after the report was written, so that a report that failed is tried again.</summary>
    public void Remember(TReport report)
    {
        lock (sync)
        {
            if (reports.Count >= max) reports.Clear();
            reports[report] = clock.GetUtcNow();
        }
    }
}
