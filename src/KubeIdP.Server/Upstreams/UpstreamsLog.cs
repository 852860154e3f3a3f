namespace KubeIdP.Server.Upstreams;

internal static partial class UpstreamsLog
{
    [LoggerMessage(1304, LogLevel.Warning, "Directory {Connector} does not answer: {Detail}")]
    public static partial void DirectoryUnreachable(this ILogger logger, string connector, string detail);

    [LoggerMessage(1305, LogLevel.Information, "Directory {Connector} answers again")]
    public static partial void DirectoryRecovered(this ILogger logger, string connector);

    [LoggerMessage(1306, LogLevel.Error, "Directory {Connector}: many people are gone or without groups at once. That is taken for an outage, nobody more is signed out for it: check the directory, and our account's rights in it")]
    public static partial void PeopleDisappear(this ILogger logger, string connector);

    [LoggerMessage(1312, LogLevel.Warning, "Directory {Connector} is spoken to without TLS (plainText: everywhere): whoever can listen on the way reads every password")]
    public static partial void PlainTextAllowed(this ILogger logger, string connector);

    [LoggerMessage(1313, LogLevel.Warning, "Directory {Connector}: server {Server} fails, others are asked before it: {Trouble}")]
    public static partial void ServerFailing(this ILogger logger, string connector, string server, string trouble);

    [LoggerMessage(1314, LogLevel.Warning, "Directory {Connector}: server {Server} fails again and again and is not asked for a while: {Trouble}")]
    public static partial void ServerResting(this ILogger logger, string connector, string server, string trouble);

    [LoggerMessage(1315, LogLevel.Information, "Directory {Connector}: server {Server} answers again")]
    public static partial void ServerRecovered(this ILogger logger, string connector, string server);

    [LoggerMessage(1318, LogLevel.Error, "Changes of the servers of directories can't be followed; this is tried again: {Cause}")]
    public static partial void ServerChangesNotFollowed(this ILogger logger, string cause);

    [LoggerMessage(1317, LogLevel.Error, "When the password of our account in a directory ends could not be asked, and is asked again: {Cause}")]
    public static partial void PasswordEndNotRead(this ILogger logger, string cause);

    [LoggerMessage(1316, LogLevel.Error, "A change of server {Server} of directory {Connector} could not be recorded: {Cause}")]
    public static partial void ServerChangeNotRecorded(this ILogger logger, string connector, string server, string cause);

    [LoggerMessage(1320, LogLevel.Warning, "Directory {Connector}: {Remark}")]
    public static partial void DirectoryRemark(this ILogger logger, string connector, string remark);
}
