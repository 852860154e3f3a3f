namespace KubeIdP.Data.Factors;

/// <summary>A right code of an authenticator app.</summary>
/// <param name="Step">The time step of the code (RFC 6238 §4), to which the counter of the factor is set.</param>
public sealed record TotpUse(string FactorId, long Step);
