namespace KubeIdP.Server.Web;

/// <summary>
/// Replaces a redirect whose headers are too long for a proxy by a page that redirects without a script. nginx has 4 KiB for the headers of
/// a response (<c>proxy_buffer_size</c>) and responds with 502 to longer ones; an address with a long <c>state</c> of a client, or with the
/// request of a login, needs most of that.
/// </summary>
internal static class LongRedirects
{
    /// <summary>
    /// In bytes: 4 KiB, minus the status line, Date, and the headers that <see cref="SecurityHeaders"/> adds when the response starts.
    /// </summary>
    private const int MaxHeaders = 4_096 - 230;

    private const string View = "/Web/LongRedirect.cshtml";

    public static IApplicationBuilder UseLongRedirects(this IApplicationBuilder app) => app.Use(next => http => ReplaceAsync(http, next));

    private static async Task ReplaceAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);

        var response = http.Response;
        if (response.HasStarted || response.StatusCode is < 301 or > 303 || response.Headers.Location is not [{ } target]
            || HeaderLength.Of(response.Headers) <= MaxHeaders)
            return;

        response.Headers.Remove("Location");
        await ModelView.ShowAsync(ModelView.ContextOf(http), View, target, StatusCodes.Status200OK);
    }
}
