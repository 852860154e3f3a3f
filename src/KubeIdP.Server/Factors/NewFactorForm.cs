namespace KubeIdP.Server.Factors;

/// <summary>
/// What the part of a page shows on which a first factor is set up: <c>NewFactorForm.cshtml</c>. Posts the field <c>Code</c>.
/// </summary>
/// <param name="Action">Where the answer goes; "~" is the issuer's path.</param>
/// <param name="Refused">The last answer was wrong.</param>
internal sealed record NewFactorForm(FactorForm Form, string Action, bool Refused);
