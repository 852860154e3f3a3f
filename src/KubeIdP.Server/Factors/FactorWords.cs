using Microsoft.AspNetCore.Html;

namespace KubeIdP.Server.Factors;

/// <summary>What people read of a kind of factor, in the language of the page.</summary>
/// <param name="Title">Of the list of a person's factors of this kind.</param>
/// <param name="Lead">One sentence below it.</param>
/// <param name="Add">The button that adds one, and the title of the page behind it.</param>
/// <param name="AddRefused">What is said there after a wrong answer.</param>
/// <param name="NewName">The name of a factor to which nobody has given another.</param>
internal sealed record FactorWords(string Title, string Lead, string Add, IHtmlContent AddRefused, string NewName);
