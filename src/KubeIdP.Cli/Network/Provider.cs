namespace KubeIdP.Cli.Network;

/// <summary>The endpoints of an issuer, as its discovery document has them.</summary>
/// <param name="Issuer">As configured and as the document says it, byte for byte.</param>
/// <param name="DeviceAuthorizationEndpoint">Null where nobody may sign in with device codes.</param>
/// <param name="AnswersWithIssuer">Whether each answer to an authorization request names the issuer (RFC 9207).</param>
/// <param name="ReadAt">By this machine's clock.</param>
internal sealed record Provider(
    string Issuer, Uri AuthorizationEndpoint, Uri TokenEndpoint, Uri? RevocationEndpoint, Uri? DeviceAuthorizationEndpoint,
    bool AnswersWithIssuer, DateTimeOffset ReadAt)
{
    /// <summary>How long it is used without being read again, so that a refresh is one request.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    /// <summary>A clock that was set back does not make it last longer.</summary>
    public bool IsUsable(DateTimeOffset now) => now >= ReadAt && now - ReadAt < MaxAge;
}
