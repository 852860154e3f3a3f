namespace KubeIdP.Server.Clients;

/// <summary>Who may sign in with a device code (RFC 8628).</summary>
public sealed record DeviceCodeAccessOptions
{
    /// <summary>
    /// If <c>deviceCode</c> is present, also as <c>deviceCode: {}</c>, people can sign in machines without a browser with a device code
    /// (RFC 8628); by default they can't. These are the groups whose members may, in the same form as <c>access.groups</c>, which applies
    /// too. It is checked when a code is approved and at every refresh. Default: everybody who may get tokens.
    /// </summary>
    public IReadOnlyList<string>? Groups { get; init; }
}
