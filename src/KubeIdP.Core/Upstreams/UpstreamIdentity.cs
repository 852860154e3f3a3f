namespace KubeIdP.Core.Upstreams;

/// <summary>A person as an upstream describes them at this moment.</summary>
/// <param name="Connector">The upstream of the account.</param>
/// <param name="UpstreamId">
/// The upstream's immutable id (<c>entryUUID</c>, <c>objectGUID</c>), never a name or DN: people get renamed.
/// </param>
/// <param name="Username">Becomes <c>preferred_username</c>.</param>
/// <param name="DisplayName">Becomes <c>name</c>.</param>
/// <param name="Email">Becomes <c>email</c>; null: the upstream has none.</param>
/// <param name="EmailVerified">True only if the configuration declares the upstream's email addresses as verified.</param>
/// <param name="Groups">Names as they go into the <c>groups</c> claim; an empty list is a statement, not a failure.</param>
public sealed record UpstreamIdentity(
    ConnectorId Connector,
    string UpstreamId,
    string Username,
    string? DisplayName,
    string? Email,
    bool EmailVerified,
    IReadOnlyList<string> Groups)
{
    /// <summary>
    /// When the password was last changed; null when the upstream does not say. A session that is older was opened with another password.
    /// </summary>
    public DateTimeOffset? PasswordChangedAt { get; init; }
}
