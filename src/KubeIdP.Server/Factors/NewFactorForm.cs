namespace KubeIdP.Server.Factors;

/// <summary>
/// The model of <c>NewFactorForm.cshtml</c>, the part of a page on which a first factor is set up. The form posts the field <c>Answer</c>.
/// </summary>
/// <param name="Action">The address to which the form posts; "~" is the path of the issuer.</param>
/// <param name="Refused">Whether the last answer was wrong.</param>
internal sealed record NewFactorForm(FactorForm Form, string Action, bool Refused);
