namespace KubeIdP.Server.Clients;

/// <summary>
/// Who may sign in with a device code (RFC 8628). By default nobody may, and an entry that does not say who may is refused: a section that
/// a template left empty must not open anything.
/// </summary>
public sealed record DeviceCodeAccessOptions
{
    /// <summary>
    /// Whether everybody who may get tokens may sign in machines without a browser with a device code (RFC 8628). By default nobody may;
    /// <c>groups</c> lets only some.
    /// </summary>
    public bool Everybody { get; init; }

    /// <summary>
    /// The groups whose members may sign in machines without a browser with a device code (RFC 8628), in the same form as
    /// <c>access.groups</c>, which applies too. It is checked when a code is approved and at every refresh.
    /// </summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
