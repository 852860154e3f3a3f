using System.Security.Cryptography;
using System.Text;
using KubeIdP.Server.Branding;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>
/// The stylesheet, with the colours of the brand: the content security policy allows no inline styles. It is embedded in the assembly, so
/// it does not depend on the current folder.
/// </summary>
internal sealed class Stylesheet
{
    public const string Path = "/css/kubeidp.css";

    private readonly byte[] content;
    private readonly string hash;

    public Stylesheet(Brand brand)
    {
        content = [.. Read(), .. Encoding.ASCII.GetBytes(brand.Accent?.ToCss() ?? "")];
        hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
    }

    /// <summary>The address contains a hash of the content, so browsers may cache it and still get a new version at once.</summary>
    public string Url => $"{Path}?v={hash}";

    public FileContentHttpResult Serve(HttpContext http)
    {
        // Cached only under the hash of this content: during an upgrade, an older replica may get a request for a newer stylesheet.
        if (http.Request.Query["v"] == hash) http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";

        return TypedResults.File(content, "text/css; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{hash}\""));
    }

    private static byte[] Read()
    {
        using var resource = typeof(Stylesheet).Assembly.GetManifestResourceStream("kubeidp.css")
            ?? throw new InvalidOperationException("The stylesheet is not in the assembly.");
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
