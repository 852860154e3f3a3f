namespace KubeIdP.Server.Issuer;

internal static partial class IssuerLog
{
    [LoggerMessage(1701, LogLevel.Error, "A signing key of the database can't be opened with this process's master key; those of before stay in use: {Cause}")]
    public static partial void KeysNotOpened(this ILogger logger, string cause);

    [LoggerMessage(1702, LogLevel.Warning, "The signing keys can't be read from the database; those of before stay in use: {Trouble}")]
    public static partial void KeysNotRead(this ILogger logger, string trouble);

    [LoggerMessage(1703, LogLevel.Information, "Client {ClientId} asked for scopes that this issuer does not know; they are left out: {Scopes}")]
    public static partial void ScopesLeftOut(this ILogger logger, string clientId, string scopes);
}
