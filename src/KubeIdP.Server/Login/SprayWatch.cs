namespace KubeIdP.Server.Login;

/// <summary>
/// Notices an address that fails at many different accounts, as one does who tries one password on everybody and so stays below every account's limit.
/// Bounded: two generations of some thousand networks with a few accounts each; one that is full, or five minutes old, makes room for the next.
/// </summary>
internal sealed class SprayWatch
{
    /// <summary>Accounts within five to ten minutes; more is no office with a bad morning.</summary>
    public const int MaxAccounts = 20;

    public const int MaxNetworks = 10_000;

    public static readonly TimeSpan Generation = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private Dictionary<string, HashSet<int>> present = new(StringComparer.Ordinal);
    private Dictionary<string, HashSet<int>> previous = new(StringComparer.Ordinal);
    private DateTimeOffset since = DateTimeOffset.MinValue;

    /// <summary>Notes a failure; true for the one that is the first too many.</summary>
    public bool Observe(string network, int account, DateTimeOffset now)
    {
        lock (gate)
        {
            if (now - since >= Generation || (present.Count >= MaxNetworks && !present.ContainsKey(network))) Turn(now);

            var before = previous.GetValueOrDefault(network);
            if (before?.Contains(account) is true) return false;

            if (!present.TryGetValue(network, out var accounts)) present[network] = accounts = [];
            if (accounts.Count > MaxAccounts || !accounts.Add(account)) return false;
            return accounts.Count + (before?.Count ?? 0) == MaxAccounts + 1;
        }
    }

    private void Turn(DateTimeOffset now)
    {
        // After a quiet time both are old.
        previous = now - since < 2 * Generation ? present : new(StringComparer.Ordinal);
        present = new(StringComparer.Ordinal);
        since = now;
    }
}
