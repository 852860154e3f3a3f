namespace KubeIdP.Server.Keys;

internal static partial class KeysLog
{
    [LoggerMessage(1040, LogLevel.Error,
        "{What} can't be decrypted: it is damaged, was copied from another database, or was protected with another key. {Fix}")]
    public static partial void SecretUnreadable(this ILogger logger, string what, string fix);

    [LoggerMessage(1701, LogLevel.Error,
        "A signing key in the database can't be decrypted with this server's master key; the keys that were loaded before stay in use: "
        + "{Cause}")]
    public static partial void KeysNotOpened(this ILogger logger, string cause);

    [LoggerMessage(1702, LogLevel.Warning,
        "The signing keys can't be read from the database; the keys that were loaded before stay in use: {Reason}")]
    public static partial void KeysNotRead(this ILogger logger, string reason);
}
