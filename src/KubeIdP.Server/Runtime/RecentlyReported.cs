namespace KubeIdP.Server.Runtime;

/// <summary>
/// What has been told lately, so that it is not told again with every refresh. Bounded: when so much is remembered all is forgotten, and may be told once more.
/// </summary>
internal sealed class RecentlyReported<TFact>(TimeSpan quiet, int max, TimeProvider clock)
    where TFact : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TFact, DateTimeOffset> told = [];

    public bool IsNews(TFact fact)
    {
        lock (gate) return !told.TryGetValue(fact, out var at) || clock.GetUtcNow() - at >= quiet;
    }

    /// <summary>To be called after it was told: what could not be written down is still news.</summary>
    public void Remember(TFact fact)
    {
        lock (gate)
        {
            if (told.Count >= max) told.Clear();
            told[fact] = clock.GetUtcNow();
        }
    }
}
