namespace KubeIdP.Server.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(1021, LogLevel.Warning,
        "This machine's clock is {Seconds:0.0} s ahead of the database's clock (negative: behind). Tokens are dated by the database's "
        + "clock. Synchronize both with NTP")]
    public static partial void ClocksApart(this ILogger logger, double seconds);

    [LoggerMessage(1022, LogLevel.Information, "This machine's clock and the database's clock agree again")]
    public static partial void ClocksTogether(this ILogger logger);
}
