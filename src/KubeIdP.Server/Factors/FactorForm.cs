using Microsoft.AspNetCore.Html;

namespace KubeIdP.Server.Factors;

/// <summary>The parts of a page on which a factor is set up.</summary>
/// <param name="View">The path of the view that shows the new factor, before the form.</param>
/// <param name="Model">Its model.</param>
/// <param name="FieldView">The path of the view with the form's field <c>Answer</c>, which takes the first answer.</param>
/// <param name="Refused">The message after a wrong answer.</param>
internal sealed record FactorForm(string View, object Model, string FieldView, IHtmlContent Refused);
