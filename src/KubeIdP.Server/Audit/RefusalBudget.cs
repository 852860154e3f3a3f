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
    private int rows;
    private int others;
    private long minute;

    /// <param name="Granted">Whether this refusal gets a row of its own.</param>
    /// <param name="Unwritten">The counts that are due for an earlier minute, by network.</param>
    public sealed record Spending(bool Granted, IReadOnlyList<KeyValuePair<string, int>> Unwritten);

    public Spending Spend(string network, DateTimeOffset now)
    {
        lock (gate)
        {
            var unwritten = CloseMinuteBefore(now);
            var before = refusals.GetValueOrDefault(network);
            if (rows >= RowsPerMinuteInAll && before < RowsPerMinute)
            {
                others++;
                return new Spending(Granted: false, unwritten);
            }

            refusals[network] = before + 1;
            if (before < RowsPerMinute) rows++;
            return new Spending(before < RowsPerMinute, unwritten);
        }
    }

    private List<KeyValuePair<string, int>> CloseMinuteBefore(DateTimeOffset now)
    {
        var current = now.ToUnixTimeSeconds() / 60;
        if (current == minute) return [];

        var unwritten = refusals.Where(of => of.Value > RowsPerMinute).Select(of => KeyValuePair.Create(of.Key, of.Value - RowsPerMinute)).ToList();
        if (others > 0) unwritten.Add(KeyValuePair.Create(OtherNetworks, others));
        refusals.Clear();
        (rows, others, minute) = (0, 0, current);
        return unwritten;
    }
}
