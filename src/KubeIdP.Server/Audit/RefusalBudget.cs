namespace KubeIdP.Server.Audit;

/// <summary>How many refusals of one network are written one by one in a minute; the rest becomes one row with their number.</summary>
internal sealed class RefusalBudget
{
    public const int RowsPerMinute = 20;

    /// <summary>Networks told apart within a minute; those beyond share one budget.</summary>
    public const int MaxNetworks = 10_000;

    public const string OtherNetworks = "others";

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> refusals = new(StringComparer.Ordinal);
    private long minute;

    /// <param name="Granted">Whether this refusal gets a row of its own.</param>
    /// <param name="Unwritten">The counts that are due for an earlier minute, by network.</param>
    public sealed record Spending(bool Granted, IReadOnlyList<KeyValuePair<string, int>> Unwritten);

    public Spending Spend(string network, DateTimeOffset now)
    {
        lock (gate)
        {
            var unwritten = CloseMinuteBefore(now);

            if (refusals.Count >= MaxNetworks && !refusals.ContainsKey(network)) network = OtherNetworks;
            var count = refusals[network] = refusals.GetValueOrDefault(network) + 1;
            return new Spending(count <= RowsPerMinute, unwritten);
        }
    }

    private List<KeyValuePair<string, int>> CloseMinuteBefore(DateTimeOffset now)
    {
        var current = now.ToUnixTimeSeconds() / 60;
        if (current == minute) return [];

        var unwritten = refusals.Where(of => of.Value > RowsPerMinute).Select(of => KeyValuePair.Create(of.Key, of.Value - RowsPerMinute)).ToList();
        refusals.Clear();
        minute = current;
        return unwritten;
    }
}
