using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Treats every request as one to the configured issuer. Scheme, host and path base come from the configuration, so nothing that a caller
/// or a proxy writes into <c>Host</c>, <c>Forwarded</c> or <c>X-Forwarded-*</c> can end up in a link, a document or a token.
/// </summary>
internal sealed class PublicAddress
{
    private readonly string scheme;
    private readonly HostString host;
    private readonly PathString path;

    public PublicAddress(IssuerUrl issuer)
    {
        var url = issuer.Uri;
        scheme = url.Scheme;
        host = HostString.FromUriComponent(url);
        path = url.AbsolutePath == "/" ? PathString.Empty : PathString.FromUriComponent(url);
    }

    public Task ApplyAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        (request.Scheme, request.Host) = (scheme, host);

        if (path.HasValue)
        {
            // RFC 8414 §3.1 puts its well-known part before the issuer's path, OpenID Connect behind it.
            if (request.Path.StartsWithSegments(Issuer.PreparedDocuments.AuthorizationServer, out var of) && of == path)
                (request.PathBase, request.Path) = (path, Issuer.PreparedDocuments.AuthorizationServer);
            else if (request.Path.StartsWithSegments(path, StringComparison.Ordinal, out var rest))
                (request.PathBase, request.Path) = (path, rest);
            else
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
        }

        return next(http);
    }
}
