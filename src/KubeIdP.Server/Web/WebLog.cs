namespace KubeIdP.Server.Web;

internal static partial class WebLog
{
    [LoggerMessage(1002, LogLevel.Error, "A request failed by a bug (reference {Reference})")]
    public static partial void Bug(this ILogger logger, string reference, Exception fault);

    [LoggerMessage(1031, LogLevel.Warning, "An authorization request of {Bytes} bytes was refused, for the parameters of one may have {Max} (reference {Reference}; since the last such line {More} others). Its client sends too long a state, or too many parameters")]
    public static partial void RequestTooLong(this ILogger logger, long bytes, int max, string reference, long more);

    [LoggerMessage(1032, LogLevel.Warning, "A browser sent {Bytes} bytes of cookies, more than proxies take: {Removed} of its unfinished logins were removed (reference {Reference}; since the last such line {More} others)")]
    public static partial void CookiesTooLong(this ILogger logger, int bytes, int removed, string reference, long more);

    [LoggerMessage(1033, LogLevel.Warning, "A request was refused with {Status}, for its headers or its address are too long (since the last such line {More} others)")]
    public static partial void HeadersTooLong(this ILogger logger, int status, long more);
}
