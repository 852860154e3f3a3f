using System.Text;
using KubeIdP.Server.Branding;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Web;

/// <summary>The stylesheet, with the colours of the brand: the content security policy allows no inline styles.</summary>
internal sealed class Stylesheet(Brand brand)
{
    public const string Path = "/css/kubeidp.css";

    private readonly PreparedFile file = new(Path, "text/css; charset=utf-8",
        [.. PreparedFile.Embedded("kubeidp.css"), .. Encoding.ASCII.GetBytes(brand.Accent?.ToCss() ?? "")]);

    public string Url => file.Url;

    public FileContentHttpResult Serve(HttpContext http) => file.Serve(http);
}
