using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// What the log says of requests that an outage has refused: each cause once a minute, with how many there were. A line for each of them would be thousands with
/// one content, at the very time when somebody looks for the cause.
/// </summary>
internal sealed class OutageReport(TimeProvider clock, ILogger<OutageReport> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The driver may put an address or a number into its words.</summary>
    private const int MaxCauses = 10;

    private readonly Lock gate = new();
    private readonly HashSet<string> said = new(StringComparer.Ordinal);
    private DateTimeOffset since;
    private long unsaid;

    public void Report(string reference, Exception fault)
    {
        var (kind, cause) = (Outage.Describe(fault), fault.GetBaseException().Message);
        if (CountUnsaid(cause) is { } more) log.Outage(kind, cause, reference, more);
    }

    /// <summary>How many have not been said before this one, which is to be said; null when it is one of those.</summary>
    private long? CountUnsaid(string cause)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (now - since >= Interval || now < since)
            {
                said.Clear();
                since = now;
            }

            if (said.Count >= MaxCauses || !said.Add(cause))
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
