namespace KubeIdP.Server.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(1001, LogLevel.Error, "{Kind} {Cause} (reference {Reference}; since the last such line {More} other requests were refused)")]
    public static partial void Outage(this ILogger logger, string kind, string cause, string reference, long more);

    [LoggerMessage(1002, LogLevel.Error, "A request failed by a bug (reference {Reference})")]
    public static partial void Bug(this ILogger logger, string reference, Exception fault);

    [LoggerMessage(1004, LogLevel.Information, "KubeIdP serves {Issuer}, listening on {Listen}")]
    public static partial void Serving(this ILogger logger, string issuer, string listen);

    [LoggerMessage(1005, LogLevel.Error, "The server can't start yet and goes on trying: {Reason}")]
    public static partial void StartWaits(this ILogger logger, string reason);

    [LoggerMessage(1006, LogLevel.Information, "The server has started, after waiting {Seconds} s for its database")]
    public static partial void StartWaited(this ILogger logger, int seconds);

    [LoggerMessage(1007, LogLevel.Critical, "The server ends without having been asked to: the lines before this one say why")]
    public static partial void EndedUnasked(this ILogger logger);

    [LoggerMessage(1008, LogLevel.Information, "The database is reached {Path}")]
    public static partial void DatabaseReached(this ILogger logger, string path);

    [LoggerMessage(1009, LogLevel.Error, "A run of the background job {Job} failed, and not because of an outage; it is tried again")]
    public static partial void JobFailed(this ILogger logger, string job, Exception fault);

    [LoggerMessage(1003, LogLevel.Information, "The configuration in force is {Fingerprint} (config show prints it)")]
    public static partial void ConfigurationLoaded(this ILogger logger, string fingerprint);

    [LoggerMessage(1021, LogLevel.Warning, "This machine's clock is {Seconds:0.0} s ahead of the database's (negative: behind). Tokens go by the database's; set both right with NTP")]
    public static partial void ClocksApart(this ILogger logger, double seconds);

    [LoggerMessage(1022, LogLevel.Information, "This machine's clock and the database's agree again")]
    public static partial void ClocksTogether(this ILogger logger);

    [LoggerMessage(1023, LogLevel.Warning, "This process may have {Limit} files open, which leaves room for {Connections} connections at once. Raise the limit (ulimit -n, LimitNOFILE) to {Wanted} or more")]
    public static partial void FewFiles(this ILogger logger, int limit, int connections, int wanted);

    [LoggerMessage(1024, LogLevel.Warning, "Connections are refused: {Open} are open, {OfOne} of them from {Network}, of at most {Most} and {MostOfOne} (since the last such line {More} others)")]
    public static partial void ConnectionsRefused(this ILogger logger, int open, int ofOne, string network, int most, int mostOfOne, long more);

    [LoggerMessage(1031, LogLevel.Warning, "An authorization request of {Bytes} bytes was refused, for the parameters of one may have {Max} (reference {Reference}; since the last such line {More} others). Its client sends too long a state, or too many parameters")]
    public static partial void RequestTooLong(this ILogger logger, long bytes, int max, string reference, long more);

    [LoggerMessage(1032, LogLevel.Warning, "A browser sent {Bytes} bytes of cookies, more than proxies take: {Removed} of its unfinished logins were removed (reference {Reference}; since the last such line {More} others)")]
    public static partial void CookiesTooLong(this ILogger logger, int bytes, int removed, string reference, long more);

    [LoggerMessage(1033, LogLevel.Warning, "A request was refused with {Status}, for its headers or its address are too long (since the last such line {More} others)")]
    public static partial void HeadersTooLong(this ILogger logger, int status, long more);

    [LoggerMessage(1040, LogLevel.Error, "{What} can't be opened: it is damaged, was copied from elsewhere, or was protected with another key. {Fix}")]
    public static partial void SecretUnreadable(this ILogger logger, string what, string fix);
}
