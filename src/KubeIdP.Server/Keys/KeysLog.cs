namespace KubeIdP.Server.Keys;

internal static partial class KeysLog
{
    [LoggerMessage(1040, LogLevel.Error, "{What} can't be opened: it is damaged, was copied from elsewhere, or was protected with another key. {Fix}")]
    public static partial void SecretUnreadable(this ILogger logger, string what, string fix);

    [LoggerMessage(1701, LogLevel.Error, "A signing key of the database can't be opened with this process's master key; those of before stay in use: {Cause}")]
    public static partial void KeysNotOpened(this ILogger logger, string cause);

    [LoggerMessage(1702, LogLevel.Warning, "The signing keys can't be read from the database; those of before stay in use: {Trouble}")]
    public static partial void KeysNotRead(this ILogger logger, string trouble);
}
