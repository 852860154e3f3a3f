using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Web;

/// <summary>
/// The script that adds a button to each <c>pre</c> with <c>data-copy</c>. Pages call <see cref="Allow"/> to load it; all others stay
/// without scripts. Everything works without it too.
/// </summary>
internal sealed class CopyScript
{
    public const string Path = "/js/copy.js";

    private readonly PreparedFile file = new(Path, "text/javascript; charset=utf-8", PreparedFile.Embedded("copy.js"));

    public string Url => file.Url;

    public FileContentHttpResult Serve(HttpContext http) => file.Serve(http);

    /// <summary>Lets this response load scripts from this server, which serves no other one.</summary>
    public static void Allow(HttpContext http) => http.Features.Set(new PagePolicy("'self'", "'self'"));
}
