using Microsoft.AspNetCore.Html;

namespace KubeIdP.Server.Factors;

/// <summary>The texts for a kind of factor, in the language of the page.</summary>
/// <param name="Title">The title of the list of factors of this kind.</param>
/// <param name="Lead">One sentence below it.</param>
/// <param name="Add">The text of the button that adds one, and the title of its page.</param>
/// <param name="AddRefused">The message on that page after a wrong answer.</param>
/// <param name="NewName">The default name of a new factor.</param>
internal sealed record FactorTexts(string Title, string Lead, string Add, IHtmlContent AddRefused, string NewName);
