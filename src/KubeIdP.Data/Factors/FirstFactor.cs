namespace KubeIdP.Data.Factors;

/// <summary>A person's first factor.</summary>
/// <param name="RecoveryCodeHashes">The hashes of the recovery codes that replace it if it is lost.</param>
public sealed record FirstFactor(ConfirmedFactor Confirmed, IReadOnlyList<byte[]> RecoveryCodeHashes);
