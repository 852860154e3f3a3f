namespace KubeIdP.Cli.Doctor.Facts;

/// <summary>What the issuer says about the person and the cluster.</summary>
/// <param name="RevocationBound">How long API servers may accept a token after the session has ended; null if it does not say.</param>
/// <param name="Groups">By the names of the issuer, before a cluster filters or renames them; null if it does not say.</param>
internal sealed record SelfFacts(TimeSpan? RevocationBound, IReadOnlyList<string>? Groups);
