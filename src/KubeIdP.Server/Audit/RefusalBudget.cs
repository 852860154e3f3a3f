namespace KubeIdP.Server.Audit;

/// <summary>
/// Limits how many refusals are recorded one by one per minute, per network and in total; the others are recorded as a count. The total is
/// needed because an attacker can have many networks: a /48 of IPv6 contains 65,536 of those that count as one.
/// </summary>
internal sealed class RefusalBudget
{
    public const int RowsPerMinute = 20;

    /// <summary>For all networks together. Only networks that got a row are counted separately, so this also limits memory.</summary>
    public const int RowsPerMinuteInAll = 200;

    public const string OtherNetworks = "others";

    private readonly Lock sync = new();
    private readonly Dictionary<string, int> refusals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> unwritten = new(StringComparer.Ordinal);
    private int rows;
    private int others;
    private long minute;

    /// <summary>Whether this refusal is recorded by itself; if not, it is counted.</summary>
    public bool Spend(string network, DateTimeOffset now)
    {
        lock (sync)
        {
            CloseMinuteBefore(now);
            var before = refusals.GetValueOrDefault(network);
            if (rows >= RowsPerMinuteInAll && before < RowsPerMinute)
            {
                others++;
                return false;
            }

            refusals[network] = before + 1;
            if (before < RowsPerMinute) rows++;
            return before < RowsPerMinute;
        }
    }

    /// <summary>The counts of past minutes, by network; each is returned once.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> TakeCounts(DateTimeOffset now)
    {
        lock (sync)
        {
            CloseMinuteBefore(now);
            List<KeyValuePair<string, int>> counts = [.. unwritten];
            unwritten.Clear();
            return counts;
        }
    }

    /// <summary>Takes back a count that could not be written.</summary>
    public void Return(string network, int count)
    {
        lock (sync) Add(network, count);
    }

    private void CloseMinuteBefore(DateTimeOffset now)
    {
        var current = now.ToUnixTimeSeconds() / 60;
        if (current == minute) return;

        foreach (var (network, count) in refusals.Where(of => of.Value > RowsPerMinute)) Add(network, count - RowsPerMinute);
        if (others > 0) Add(OtherNetworks, others);
        refusals.Clear();
        (rows, others, minute) = (0, 0, current);
    }

    // Limits the number of networks that are counted separately while nothing can be written.
    private void Add(string network, int count)
    {
        var of = unwritten.ContainsKey(network) || unwritten.Count < RowsPerMinuteInAll ? network : OtherNetworks;
        unwritten[of] = unwritten.GetValueOrDefault(of) + count;
    }
}
