namespace KubeIdP.Server.Upstreams;

internal static partial class UpstreamsLog
{
    [LoggerMessage(1304, LogLevel.Warning, "Upstream {Upstream} does not answer: {Detail}")]
    public static partial void UpstreamUnreachable(this ILogger logger, string upstream, string detail);

    [LoggerMessage(1305, LogLevel.Information, "Upstream {Upstream} answers again")]
    public static partial void UpstreamRecovered(this ILogger logger, string upstream);

    [LoggerMessage(1306, LogLevel.Error,
        "Upstream {Upstream}: many people are gone or without groups at once. This is treated as an outage, so no further sessions will "
        + "be ended. Check the upstream, and the rights of this server's account in it")]
    public static partial void PeopleDisappear(this ILogger logger, string upstream);

    [LoggerMessage(1312, LogLevel.Warning,
        "Upstream {Upstream} is used without TLS (plainText: everywhere): anyone who can listen on the network reads every password")]
    public static partial void PlainTextAllowed(this ILogger logger, string upstream);

    [LoggerMessage(1313, LogLevel.Warning, "Upstream {Upstream}: server {Server} fails, so other servers are tried before it: {Reason}")]
    public static partial void ServerFailing(this ILogger logger, string upstream, string server, string reason);

    [LoggerMessage(1314, LogLevel.Warning, "Upstream {Upstream}: server {Server} fails repeatedly and is not used for a while: {Reason}")]
    public static partial void ServerSuspended(this ILogger logger, string upstream, string server, string reason);

    [LoggerMessage(1315, LogLevel.Information, "Upstream {Upstream}: server {Server} answers again")]
    public static partial void ServerRecovered(this ILogger logger, string upstream, string server);

    [LoggerMessage(1318, LogLevel.Error, "State changes of upstream servers can't be observed; this will be retried: {Cause}")]
    public static partial void ServerChangesNotFollowed(this ILogger logger, string cause);

    [LoggerMessage(1317, LogLevel.Error,
        "The expiry of the password of this server's account at an upstream could not be read; this will be retried: {Cause}")]
    public static partial void PasswordEndNotRead(this ILogger logger, string cause);

    [LoggerMessage(1316, LogLevel.Error, "A state change of server {Server} of upstream {Upstream} could not be recorded: {Cause}")]
    public static partial void ServerChangeNotRecorded(this ILogger logger, string upstream, string server, string cause);

    [LoggerMessage(1320, LogLevel.Warning, "Upstream {Upstream}: {Remark}")]
    public static partial void UpstreamRemarked(this ILogger logger, string upstream, string remark);
}
