using KubeIdP.Core.Upstreams;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Login;

/// <summary>
/// Remembers in a cookie which upstream was chosen last. Only a preference: its value must be a configured connector, and a domain in the
/// typed name overrides it.
/// </summary>
internal static class ChosenUpstream
{
    public static string? Read(HttpContext http) => http.Request.Cookies[NameOf(http)];

    public static void Remember(HttpContext http, ConnectorId connector)
    {
        var shape = CookieShape.HostOnly();
        shape.MaxAge = TimeSpan.FromDays(180);
        http.Response.Cookies.Append(NameOf(http), connector.Value, shape);
    }

    private static string NameOf(HttpContext http) => CookieShape.Name(http.RequestServices.GetRequiredService<IssuerUrl>(), "upstream");
}
