using KubeIdP.Server.Clients;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// Lets the pages of applications in the browser (kind spa) call the endpoints that their protocol needs (CORS, Fetch §3.2), from the
/// origins of their redirect URIs alone and without cookies. Responses to every other origin, and of every other endpoint, have no CORS
/// header, so that browsers keep them from the page that asked. Without such an application nothing of this runs.
/// </summary>
internal static class BrowserAccess
{
    /// <summary>How long a browser may remember the answer to a preflight. The answer to the request itself is decided each time.</summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(1);

    /// <summary>
    /// Must come before everything that answers the endpoints, also with an error. The headers are added when a response starts, so they
    /// get neither into a prepared document nor lost when an error handler clears the response.
    /// </summary>
    public static void UseBrowserAccess(this IApplicationBuilder app)
    {
        var origins = app.ApplicationServices.GetRequiredService<ClientCatalog>().Origins;
        if (origins.Count == 0) return;

        app.UseWhen(IsFromPage, page => page
            .Use(next => http => VaryAsync(http, next))
            .UseCors(policy => policy
                .WithOrigins([.. origins])
                .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post)
                .WithHeaders(HeaderNames.Authorization, HeaderNames.ContentType)
                .WithExposedHeaders(HeaderNames.WWWAuthenticate, HeaderNames.RetryAfter)
                .SetPreflightMaxAge(PreflightMaxAge)));
    }

    // kubectl sends no Origin, so its refresh allocates nothing for this.
    private static bool IsFromPage(HttpContext http) =>
        http.Request.Headers.Origin.Count > 0 && EndpointPaths.IsCallable(http.Request.Path);

    /// <summary>
    /// For caches: the answer to one origin must not be given to another. ASP.NET Core adds it only for allowed origins, and only if there
    /// is more than one.
    /// </summary>
    private static Task VaryAsync(HttpContext http, RequestDelegate next)
    {
        // Runs after the callback that was registered later, which is that of the CORS middleware.
        http.Response.OnStarting(static state =>
        {
            var headers = ((HttpContext)state).Response.Headers;
            if (!headers.Vary.Contains(HeaderNames.Origin)) headers.Append(HeaderNames.Vary, HeaderNames.Origin);
            return Task.CompletedTask;
        }, http);
        return next(http);
    }
}
