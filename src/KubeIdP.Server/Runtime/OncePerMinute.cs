namespace KubeIdP.Server.Runtime;

/// <summary>
/// For a line of the log that strangers or an outage could cause by the thousand: it is said once a minute, with how many there were that were not said. Where the
/// line holds a text that differs, each text is said once a minute.
/// </summary>
internal sealed class OncePerMinute(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Within a minute. A driver may put an address or a number into its words.</summary>
    private const int MaxTexts = 10;

    private readonly Lock gate = new();
    private readonly HashSet<string> said = new(StringComparer.Ordinal);
    private DateTimeOffset since;
    private long unsaid;

    /// <summary>How many have not been said since the last that was, when this one is to be said; null when it is not.</summary>
    public long? CountUnsaid(string text = "")
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (now - since >= Interval || now < since)
            {
                said.Clear();
                since = now;
            }

            if (said.Count >= MaxTexts || !said.Add(text))
            {
                unsaid++;
                return null;
            }

            var more = unsaid;
            unsaid = 0;
            return more;
        }
    }
}
