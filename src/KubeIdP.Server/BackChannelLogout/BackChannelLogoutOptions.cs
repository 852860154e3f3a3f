namespace KubeIdP.Server.BackChannelLogout;

/// <summary>How web clients are notified that a session has ended (<c>clients.NAME.backChannelLogoutUri</c>).</summary>
public sealed record BackChannelLogoutOptions
{
    /// <summary>
    /// Internal addresses or networks to which logout notifications may be sent, such as <c>10.0.0.0/8</c>. Otherwise nothing is sent to
    /// private and link-local addresses and to this machine, whatever name resolves to them. Default: none.
    /// </summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>
    /// A PEM file with the certificate authorities that are trusted for the clients' certificates. Default: those that this machine trusts.
    /// </summary>
    public string? CaFile { get; init; }
}
