namespace KubeIdP.Server.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(1023, LogLevel.Warning, "This process may have {Limit} files open, which leaves room for {Connections} connections at once. Raise the limit (ulimit -n, LimitNOFILE) to {Wanted} or more")]
    public static partial void FewFiles(this ILogger logger, int limit, int connections, int wanted);

    [LoggerMessage(1024, LogLevel.Warning, "Connections are refused: {Open} are open, {OfOne} of them from {Network}, of at most {Most} and {MostOfOne} (since the last such line {More} others)")]
    public static partial void ConnectionsRefused(this ILogger logger, int open, int ofOne, string network, int most, int mostOfOne, long more);
}
