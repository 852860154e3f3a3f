namespace KubeIdP.Server.Issuer;

internal static partial class IssuerLog
{
    [LoggerMessage(1703, LogLevel.Information,
        "Client {ClientId} requested scopes that this issuer does not know; they are ignored: {Scopes}")]
    public static partial void ScopesLeftOut(this ILogger logger, string clientId, string scopes);
}
