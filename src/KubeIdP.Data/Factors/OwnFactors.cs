namespace KubeIdP.Data.Factors;

/// <param name="RecoveryCodesLeft">Codes that have not been used; null when none were ever made.</param>
public sealed record OwnFactors(IReadOnlyList<OwnFactor> Factors, int? RecoveryCodesLeft);
