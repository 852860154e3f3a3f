using Microsoft.AspNetCore.Html;

namespace KubeIdP.Server.Web;

/// <summary>Fills the placeholders of a text from <c>Texts.resx</c>.</summary>
internal static class Wording
{
    public static string With(this string text, params object?[] values) => string.Format(Languages.Current, text, values);

    /// <summary>
    /// For a text with HTML tags. The inserted values are encoded; the text is not, so it must come from <c>Texts.resx</c>.
    /// </summary>
    public static IHtmlContent Markup(this string text, params object?[] values) =>
        new HtmlFormattableString(Languages.Current, text, values);
}
