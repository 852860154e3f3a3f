namespace KubeIdP.Server.Upstreams;

internal static partial class UpstreamsLog
{
    [LoggerMessage(1304, LogLevel.Warning, "Upstream {Connector} does not answer: {Detail}")]
    public static partial void UpstreamUnreachable(this ILogger logger, string connector, string detail);

    [LoggerMessage(1305, LogLevel.Information, "Upstream {Connector} answers again")]
    public static partial void UpstreamRecovered(this ILogger logger, string connector);

    [LoggerMessage(1306, LogLevel.Error, "Upstream {Connector}: many people are gone or without groups at once. That is taken for an outage, so no further sessions will be ended: check the upstream, and our account's rights in it")]
    public static partial void PeopleDisappear(this ILogger logger, string connector);

    [LoggerMessage(1312, LogLevel.Warning, "Upstream {Connector} is spoken to without TLS (plainText: everywhere): whoever can listen on the way reads every password")]
    public static partial void PlainTextAllowed(this ILogger logger, string connector);

    [LoggerMessage(1313, LogLevel.Warning, "Upstream {Connector}: server {Server} fails, others are asked before it: {Trouble}")]
    public static partial void ServerFailing(this ILogger logger, string connector, string server, string trouble);

    [LoggerMessage(1314, LogLevel.Warning, "Upstream {Connector}: server {Server} fails again and again and is not asked for a while: {Trouble}")]
    public static partial void ServerResting(this ILogger logger, string connector, string server, string trouble);

    [LoggerMessage(1315, LogLevel.Information, "Upstream {Connector}: server {Server} answers again")]
    public static partial void ServerRecovered(this ILogger logger, string connector, string server);

    [LoggerMessage(1318, LogLevel.Error, "Changes of the servers of upstreams can't be followed; this is tried again: {Cause}")]
    public static partial void ServerChangesNotFollowed(this ILogger logger, string cause);

    [LoggerMessage(1317, LogLevel.Error, "When the password of our account at an upstream ends could not be asked, and is asked again: {Cause}")]
    public static partial void PasswordEndNotRead(this ILogger logger, string cause);

    [LoggerMessage(1316, LogLevel.Error, "A change of server {Server} of upstream {Connector} could not be recorded: {Cause}")]
    public static partial void ServerChangeNotRecorded(this ILogger logger, string connector, string server, string cause);

    [LoggerMessage(1320, LogLevel.Warning, "Upstream {Connector}: {Remark}")]
    public static partial void UpstreamRemarked(this ILogger logger, string connector, string remark);
}
