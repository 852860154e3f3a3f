using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Factors;

/// <summary>Who changes their own factors, in which session. When that has ended meanwhile, nothing is changed.</summary>
public sealed record FactorOwner(PersonId PersonId, SessionId SessionId);
