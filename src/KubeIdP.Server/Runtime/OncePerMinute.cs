namespace KubeIdP.Server.Runtime;

/// <summary>
/// Limits a log message that strangers or an outage could cause by the thousand to one a minute, with the number of those that were not
/// logged. If the message contains a varying text, each text is logged once a minute.
/// </summary>
internal sealed class OncePerMinute(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Per minute. A driver may put an address or a number into its messages.</summary>
    private const int MaxTexts = 10;

    private readonly Lock sync = new();
    private readonly HashSet<string> said = new(StringComparer.Ordinal);
    private DateTimeOffset since;
    private long unsaid;

    /// <summary>If this message is to be logged, the number of messages that were suppressed since the last one; otherwise null.</summary>
    public long? CountSuppressed(string text = "")
    {
        lock (sync)
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
