namespace KubeIdP.Server.Clients;

/// <summary>Who may sign in with a device code (RFC 8628).</summary>
public sealed record DeviceCodeAccessOptions
{
    /// <summary>
    /// The groups whose members may sign in with a device code, in the same form as <c>access.groups</c>; they must be allowed there too.
    /// It is checked when a code is approved and at every refresh. Default: everybody who may get tokens.
    /// </summary>
    public IReadOnlyList<string>? Groups { get; init; }
}
