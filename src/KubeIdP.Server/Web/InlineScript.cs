using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace KubeIdP.Server.Web;

/// <summary>An inline script of a page, with its source in the content security policy. No page depends on a script.</summary>
/// <param name="text">Must never contain external input.</param>
internal sealed class InlineScript(string text) : IHtmlContent
{
    /// <summary>CSP Level 3 §2.3.1: only exactly this text may run.</summary>
    public string Source { get; } = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    public void WriteTo(TextWriter writer, HtmlEncoder encoder) => writer.Write(text);
}
