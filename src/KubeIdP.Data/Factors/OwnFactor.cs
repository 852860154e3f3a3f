namespace KubeIdP.Data.Factors;

/// <summary>A factor as its owner sees it.</summary>
/// <param name="Kind">The name of a <see cref="Core.Factors.FactorKind"/>.</param>
public sealed record OwnFactor(string Id, string Kind, string Name, DateTimeOffset CreatedAt);
