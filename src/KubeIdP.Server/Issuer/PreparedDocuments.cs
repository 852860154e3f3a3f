using System.Collections.Concurrent;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// Discovery and JWKS as prepared bytes: with one-minute tokens every kubectl fetches both every minute. OpenIddict creates each once, and
/// again after the keys have changed. The response is the same for everybody, because the issuer and all links come from the configuration.
/// </summary>
internal sealed class PreparedDocuments
{
    public const string OpenIdConfiguration = "/.well-known/openid-configuration";
    public const string AuthorizationServer = "/.well-known/oauth-authorization-server";
    public const string Jwks = "/.well-known/jwks";

    private static readonly string[] All = [OpenIdConfiguration, AuthorizationServer, Jwks];

    // A document that was being created when the keys changed is added to the old dictionary, which is no longer used.
    private ConcurrentDictionary<string, Document> documents = new(StringComparer.Ordinal);

    public void Forget() => Interlocked.Exchange(ref documents, new(StringComparer.Ordinal));

    public async Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        var isHead = HttpMethods.IsHead(http.Request.Method);
        if (!(isHead || HttpMethods.IsGet(http.Request.Method)) || NameOf(http.Request.Path) is not { } name)
        {
            await next(http);
            return;
        }

        var prepared = Volatile.Read(ref documents);
        if (!prepared.TryGetValue(name, out var document))
        {
            if (await WriteAsync(http, next) is not { } written) return;
            document = prepared.GetOrAdd(name, written);
        }

        // Cacheable, but with no lifetime: an API server that sees a new key fetches the document again only if its copy has expired.
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.ContentType = document.ContentType;
        http.Response.ContentLength = document.Body.Length;
        http.Response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";

        // RFC 9110 §9.3.2: the same headers, and no body.
        if (!isHead) await http.Response.Body.WriteAsync(document.Body, http.RequestAborted);
    }

    /// <summary>Compared as OpenIddict does: ignoring case, and with or without a slash at the end. Null for any other path.</summary>
    private static string? NameOf(PathString path)
    {
        foreach (var name in All)
        {
            if (path.StartsWithSegments(name, StringComparison.OrdinalIgnoreCase, out var rest) && rest.Value is null or "" or "/")
                return name;
        }

        return null;
    }

    /// <summary>Lets OpenIddict write its response into memory. Null if it was an error, which has then been sent.</summary>
    private static async Task<Document?> WriteAsync(HttpContext http, RequestDelegate next)
    {
        var body = http.Response.Body;
        using var memory = new MemoryStream();
        http.Response.Body = memory;
        try
        {
            // Without the caller's query and headers, so that nothing of one request gets into the shared response.
            http.Request.QueryString = QueryString.Empty;
            http.Request.Method = HttpMethods.Get;
            await next(http);
        }
        finally
        {
            http.Response.Body = body;
        }

        if (http.Response.StatusCode == StatusCodes.Status200OK)
        {
            var written = new Document(http.Response.ContentType!, memory.ToArray());
            http.Response.Clear();
            return written;
        }

        await body.WriteAsync(memory.ToArray(), http.RequestAborted);
        return null;
    }

    private sealed record Document(string ContentType, byte[] Body);
}
