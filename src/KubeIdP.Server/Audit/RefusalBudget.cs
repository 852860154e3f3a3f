namespace KubeIdP.Server.Audit;

/// <summary>
/// How many refusals are written one by one in a minute, of one network and in all; the rest becomes rows with their number. Somebody has as many networks as
/// they like: a /48 of IPv6 holds 65,536 of those that count as one.
/// </summary>
internal sealed class RefusalBudget
{
    public const int RowsPerMinute = 20;

    /// <summary>Of all networks. Told apart are those that got a row, so this bounds what is remembered as well.</summary>
    public const int RowsPerMinuteInAll = 200;

    public const string OtherNetworks = "others";

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> refusals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> unwritten = new(StringComparer.Ordinal);
    private int rows;
    private int others;
    private long minute;

    /// <summary>Whether this refusal gets a row of its own; if not, it is counted.</summary>
    public bool Spend(string network, DateTimeOffset now)
    {
        lock (gate)
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

    /// <summary>The counts of minutes that are over, by network: each is handed out once.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> TakeCounts(DateTimeOffset now)
    {
        lock (gate)
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
        lock (gate) Add(network, count);
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

    // While nothing can be written, the networks that are told apart stay few.
    private void Add(string network, int count)
    {
        var of = unwritten.ContainsKey(network) || unwritten.Count < RowsPerMinuteInAll ? network : OtherNetworks;
        unwritten[of] = unwritten.GetValueOrDefault(of) + count;
    }
}
