using Microsoft.AspNetCore.Html;

namespace KubeIdP.Server.Web;

/// <summary>What a text of <c>Texts.resx</c> becomes once its gaps are filled.</summary>
internal static class Wording
{
    public static string With(this string text, params object?[] values) => string.Format(Languages.Current, text, values);

    /// <summary>For a text that holds tags of its own. What is filled in is encoded; the text itself is not, so it must be one of ours.</summary>
    public static IHtmlContent Markup(this string text, params object?[] values) => new HtmlFormattableString(Languages.Current, text, values);
}
