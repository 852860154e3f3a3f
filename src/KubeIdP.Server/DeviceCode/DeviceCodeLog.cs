namespace KubeIdP.Server.DeviceCode;

internal static partial class DeviceCodeLog
{
    [LoggerMessage(2901, LogLevel.Information, "{Subject} approved the device code of {Address} for {ClientId}: session {SessionId}")]
    public static partial void DeviceApproved(this ILogger logger, string subject, string? address, string clientId, string sessionId);

    [LoggerMessage(2902, LogLevel.Warning,
        "{Subject} denied the device code of {Address} for {ClientId}: somebody may have tried to sign in as this person")]
    public static partial void DeviceDenied(this ILogger logger, string subject, string? address, string clientId);

    [LoggerMessage(2903, LogLevel.Error,
        "{Count} device codes were denied within an hour: somebody may be sending codes to people, to sign in as them. See audit events of "
        + "the type device.denied")]
    public static partial void ManyDenied(this ILogger logger, long count);

    [LoggerMessage(2904, LogLevel.Warning,
        "The device code of grant {GrantId} of {ClientId} was presented after it had been redeemed: the grant has ended")]
    public static partial void DeviceReplayed(this ILogger logger, string grantId, string clientId);

    [LoggerMessage(2905, LogLevel.Warning,
        "No device code for {ClientId}: at most {Limit} requests of one network may wait, and {MaxLive} altogether. {Suppressed} such "
        + "messages were not logged")]
    public static partial void TooManyRequests(this ILogger logger, string clientId, int limit, int maxLive, long suppressed);

    [LoggerMessage(2906, LogLevel.Warning, "Deleting expired device codes failed and will be retried in a minute: {Cause}")]
    public static partial void PruningFailed(this ILogger logger, string cause);
}
