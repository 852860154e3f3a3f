using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.Factors;

/// <summary>
/// The person who changes their own factors, and the session in which they do. If that session has ended, nothing is changed.
/// </summary>
public sealed record FactorOwner(PersonId PersonId, SessionId SessionId);
