using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Runtime;

/// <summary>
/// Logs requests that were refused because of an outage: each cause once a minute, with the number of requests. A message for each request
/// would be thousands of identical ones, just when somebody searches for the cause.
/// </summary>
internal sealed class OutageReport(TimeProvider clock, ILogger<OutageReport> log)
{
    private readonly OncePerMinute causes = new(clock);

    public void Report(string reference, Exception fault)
    {
        var (kind, cause) = (Outage.Describe(fault), fault.GetBaseException().Message);
        if (causes.CountSuppressed(cause) is { } more) log.Outage(kind, cause, reference, more);
    }
}
