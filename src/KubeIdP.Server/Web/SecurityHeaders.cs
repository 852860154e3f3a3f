using System.Net;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>Puts on every answer what tells a browser to distrust it, and on pages the policy under which they are shown.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        // At the last moment, so that pages made by an error handler, which clears the headers, get them too.
        http.Response.OnStarting(() =>
        {
            Apply(http);
            return Task.CompletedTask;
        });
        return next(http);
    }

    private static void Apply(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";

        // HSTS holds for all ports of a host: on localhost it would turn kubelogin's http://localhost:8000 into https and break every login.
        if (http.Request.IsHttps && !IsLoopback(http.Request.Host.Host))
            headers.StrictTransportSecurity = "max-age=31536000";

        // RFC 9111 §3: an answer that says nothing may be kept. Those that are for everybody say so.
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";

        if (!MediaTypeHeaderValue.TryParse(http.Response.ContentType, out var type) || !type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
            return;

        headers.ContentSecurityPolicy = PolicyOf(http.Features.Get<PagePolicy>());
        headers.CacheControl = "no-store";
        headers.ContentLanguage = Languages.Of(http);
        headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static string PolicyOf(PagePolicy? page)
    {
        var script = page?.Script is { } allowed ? $"script-src {allowed.Source}; " : "";
        return $"default-src 'none'; {script}style-src 'self'; img-src 'self' data:; form-action {page?.FormAction ?? "'self'"}; frame-ancestors 'none'; base-uri 'none'";
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
