namespace KubeIdP.Data.Factors;

/// <summary>The counter at which a factor was proven; see <see cref="Factor.LastCounter"/>.</summary>
public sealed record FactorUse(string FactorId, long Counter);
