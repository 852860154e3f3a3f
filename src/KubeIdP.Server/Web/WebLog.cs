namespace KubeIdP.Server.Web;

internal static partial class WebLog
{
    [LoggerMessage(1002, LogLevel.Error, "A request failed because of a bug (reference {Reference})")]
    public static partial void Bug(this ILogger logger, string reference, Exception fault);

    [LoggerMessage(1031, LogLevel.Warning,
        "Refused an authorization request with {Bytes} bytes of parameters; the maximum is {Max} (reference {Reference}; {More} more "
        + "since the last such log entry). The state or another parameter of the client is too long, or there are too many parameters")]
    public static partial void RequestTooLong(this ILogger logger, long bytes, int max, string reference, long more);

    [LoggerMessage(1032, LogLevel.Warning,
        "A browser sent {Bytes} bytes of cookies, more than proxies accept. Removed {Removed} of its unfinished logins (reference "
        + "{Reference}; {More} more since the last such log entry)")]
    public static partial void CookiesTooLong(this ILogger logger, int bytes, int removed, string reference, long more);

    [LoggerMessage(1033, LogLevel.Warning,
        "Refused a request with status {Status}, because its headers or its address are too long ({More} more since the last such log "
        + "entry)")]
    public static partial void HeadersTooLong(this ILogger logger, int status, long more);
}
