namespace KubeIdP.Server.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(1023, LogLevel.Warning,
        "This process may open at most {Limit} files, which leaves room for {Connections} simultaneous connections. Raise the limit "
        + "(ulimit -n, LimitNOFILE) to {Wanted} or more")]
    public static partial void FewFiles(this ILogger logger, int limit, int connections, int wanted);

    [LoggerMessage(1024, LogLevel.Warning,
        "New connections are refused: {Open} of at most {Max} are open, and {OfOne} of at most {MaxPerNetwork} from {Network} ({More} "
        + "more were refused since the last message like this)")]
    public static partial void ConnectionsRefused(this ILogger logger, int open, int ofOne, string network, int max, int maxPerNetwork,
        long more);
}
