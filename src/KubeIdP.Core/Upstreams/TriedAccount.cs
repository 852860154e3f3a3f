namespace KubeIdP.Core.Upstreams;

/// <summary>
/// Whose password somebody is about to try. Tries are counted by it, and never by the text that was typed, of which an account takes many.
/// </summary>
/// <param name="Connector">Where the account was looked for.</param>
/// <param name="UpstreamId">
/// The immutable id of the account that was found; null: nobody has the name, or who it is is known only after the password was right.
/// </param>
/// <param name="Name">
/// As typed, without a domain of the upstream. Without an id it is compared by <see cref="Naming.ComparedName"/>.
/// </param>
public sealed record TriedAccount(ConnectorId Connector, string? UpstreamId, string Name)
{
    /// <summary>Null: wrong passwords lock nobody.</summary>
    public LockOut? LockOut { get; init; }
}
