namespace KubeIdP.Server.Freshness;

internal static partial class FreshnessLog
{
    [LoggerMessage(1307, LogLevel.Information, "{Subject} was updated from upstream {Upstream}")]
    public static partial void PersonUpdated(this ILogger logger, string subject, string upstream);

    [LoggerMessage(1309, LogLevel.Information,
        "{Subject} no longer exists in upstream {Upstream}: their sessions were ended and their factors removed")]
    public static partial void LeaverRemoved(this ILogger logger, string subject, string upstream);

    [LoggerMessage(1310, LogLevel.Warning,
        "Upstream {Upstream} does not answer, so the search for leavers is postponed until tomorrow")]
    public static partial void LeaversSearchPostponed(this ILogger logger, string upstream);

    [LoggerMessage(1311, LogLevel.Error, "The nightly search for leavers failed and will be retried tomorrow: {Cause}")]
    public static partial void LeaversSearchFailed(this ILogger logger, string cause);

    [LoggerMessage(1308, LogLevel.Information, "Upstream {Upstream} refuses {Subject}: {Reason}. All their sessions were ended")]
    public static partial void UpstreamRefused(this ILogger logger, string subject, string upstream, string reason);
}
