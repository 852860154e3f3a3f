namespace KubeIdP.Data.Factors;

/// <param name="Kind">The name of a <see cref="Core.Factors.FactorKind"/>.</param>
/// <param name="State">See <see cref="Factor.State"/>.</param>
public sealed record StoredFactor(string Id, string Kind, byte[] State);
