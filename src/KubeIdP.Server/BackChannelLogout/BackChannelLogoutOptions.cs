namespace KubeIdP.Server.BackChannelLogout;

/// <summary>How web clients are told that a session has ended (<c>clients.NAME.backChannelLogoutUri</c>).</summary>
public sealed record BackChannelLogoutOptions
{
    /// <summary>
    /// Networks inside your own that clients may be told in: addresses or networks, such as <c>10.0.0.0/8</c>. To an address that is private, link-local or of
    /// this machine nothing is sent otherwise, whatever name leads there. Default: none.
    /// </summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>The PEM file of the authorities that may have signed the clients' certificates. Default: those that this machine trusts.</summary>
    public string? CaFile { get; init; }
}
