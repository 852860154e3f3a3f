using System.Net;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>Adds the security headers to every response, and the content security policy to pages.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        // Set when the response starts, because error handlers clear the headers before.
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

        // HSTS applies to all ports of a host: on localhost it would turn kubelogin's http://localhost:8000 into https and break every
        // login.
        if (http.Request.IsHttps && !IsLoopback(http.Request.Host.Host))
            headers.StrictTransportSecurity = "max-age=31536000";

        // RFC 9111 §3: a response without Cache-Control may be cached. Public responses set it themselves.
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";

        if (!MediaTypeHeaderValue.TryParse(http.Response.ContentType, out var type)
            || !type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
            return;

        headers.ContentSecurityPolicy = PolicyOf(http.Features.Get<PagePolicy>());
        headers.CacheControl = "no-store";
        headers.ContentLanguage = Languages.Of(http);
        headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static string PolicyOf(PagePolicy? page)
    {
        var script = page?.Script is { } allowed ? $"script-src {allowed}; " : "";
        return $"default-src 'none'; {script}style-src 'self'; img-src 'self' data:; form-action {page?.FormAction ?? "'self'"}; "
            + "frame-ancestors 'none'; base-uri 'none'";
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
