namespace KubeIdP.Server.Web;

/// <summary>
/// A redirect whose headers are more than a proxy takes becomes a page that leads there by itself, without a script. nginx keeps 4 KiB for the headers of an answer
/// (<c>proxy_buffer_size</c>) and answers 502 to more; an address with a client's long <c>state</c>, or with the request of a login, fills most of that alone.
/// </summary>
internal static class LongRedirects
{
    /// <summary>In bytes: 4 KiB, less the status line, Date, and what <see cref="SecurityHeaders"/> adds when the answer begins.</summary>
    private const int MaxHeaders = 4_096 - 230;

    private const string View = "/Web/LongRedirect.cshtml";

    public static IApplicationBuilder UseLongRedirects(this IApplicationBuilder app) => app.Use(next => http => ReplaceAsync(http, next));

    private static async Task ReplaceAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);

        var response = http.Response;
        if (response.HasStarted || response.StatusCode is < 301 or > 303 || response.Headers.Location is not [{ } target] || HeaderLength.Of(response.Headers) <= MaxHeaders) return;

        response.Headers.Remove("Location");
        await ModelView.ShowAsync(ModelView.ContextOf(http), View, target, StatusCodes.Status200OK);
    }
}
