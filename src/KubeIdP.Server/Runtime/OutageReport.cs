using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// What the log says of requests that an outage has refused: each cause once a minute, with how many there were. A line for each of them would be thousands with
/// one content, at the very time when somebody looks for the cause.
/// </summary>
internal sealed class OutageReport(TimeProvider clock, ILogger<OutageReport> log)
{
    private readonly OncePerMinute causes = new(clock);

    public void Report(string reference, Exception fault)
    {
        var (kind, cause) = (Outage.Describe(fault), fault.GetBaseException().Message);
        if (causes.CountUnsaid(cause) is { } more) log.Outage(kind, cause, reference, more);
    }
}
