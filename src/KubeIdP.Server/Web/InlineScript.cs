using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace KubeIdP.Server.Web;

/// <summary>A script of ours inside a page, and how the page's policy names it. No page depends on one.</summary>
/// <param name="text">It never holds anything that comes from elsewhere.</param>
internal sealed class InlineScript(string text) : IHtmlContent
{
    /// <summary>CSP Level 3 §2.3.1: this very text runs and no other.</summary>
    public string Source { get; } = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    public void WriteTo(TextWriter writer, HtmlEncoder encoder) => writer.Write(text);
}
