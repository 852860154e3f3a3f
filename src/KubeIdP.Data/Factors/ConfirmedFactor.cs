using KubeIdP.Core.Factors;

namespace KubeIdP.Data.Factors;

/// <summary>A new factor whose first proof was right, about to be stored.</summary>
/// <param name="State">See <see cref="Factor.State"/>.</param>
/// <param name="LastCounter">See <see cref="Factor.LastCounter"/>: the counter of that proof, which is thereby used up.</param>
public sealed record ConfirmedFactor(string Id, FactorKind Kind, string Name, byte[] State, long LastCounter);
