using System.Security.Cryptography;
using System.Text;
using KubeIdP.Server.Branding;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>
/// The one stylesheet, with the brand's colours in it: our policy allows no style in a page. It is inside the assembly, so that the pages look the same
/// from whatever folder the server is started.
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

    /// <summary>Names the content as well, so a browser may keep it and still gets the next version at once.</summary>
    public string Url => $"{Path}?v={hash}";

    public FileContentHttpResult Serve(HttpContext http)
    {
        // Only under the name of this very content: while versions change, an older replica may be asked for a newer sheet.
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
