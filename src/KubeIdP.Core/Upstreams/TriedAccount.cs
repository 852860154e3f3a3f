namespace KubeIdP.Core.Upstreams;

/// <summary>
/// The account whose password is about to be checked. Attempts are counted by account, never by the typed text, because an account accepts
/// many spellings.
/// </summary>
/// <param name="Connector">Where the account was looked for.</param>
/// <param name="UpstreamId">
/// The immutable id of the account that was found; null: nobody has the name, or the account is known only after the password was right.
/// </param>
/// <param name="Name">
/// As typed, without a domain of the upstream. Without an id it is compared by <see cref="Naming.ComparedName"/>.
/// </param>
public sealed record TriedAccount(ConnectorId Connector, string? UpstreamId, string Name)
{
    /// <summary>Null: wrong passwords lock no account.</summary>
    public LockOut? LockOut { get; init; }
}
