using System.Collections.Concurrent;
using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// Discovery and JWKS as prepared bytes: with one-minute tokens every kubectl fetches both every minute. OpenIddict writes each once, and again when the
/// keys have changed; the answer is the same for everybody, because the issuer and all links come from the configuration.
/// </summary>
internal sealed class PreparedDocuments
{
    public const string OpenIdConfiguration = "/.well-known/openid-configuration";
    public const string AuthorizationServer = "/.well-known/oauth-authorization-server";
    public const string Jwks = "/.well-known/jwks";

    private static readonly string[] All = [OpenIdConfiguration, AuthorizationServer, Jwks];

    // A document that was being written when the keys changed goes into the dictionary of before, which nobody looks into any more.
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

        // For everybody, but with no age: an API server that meets a new key fetches again only when what it holds has expired.
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.ContentType = document.ContentType;
        http.Response.ContentLength = document.Body.Length;
        http.Response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";

        // RFC 9110 §9.3.2: the same headers, and no body.
        if (!isHead) await http.Response.Body.WriteAsync(document.Body, http.RequestAborted);
    }

    /// <summary>As OpenIddict compares: in whatever case, and with a slash at the end or without. Null for any other address.</summary>
    private static string? NameOf(PathString path)
    {
        foreach (var name in All)
        {
            if (path.StartsWithSegments(name, StringComparison.OrdinalIgnoreCase, out var rest) && rest.Value is null or "" or "/") return name;
        }

        return null;
    }

    /// <summary>Lets OpenIddict answer into memory; null when it answered with an error, which has then been passed on.</summary>
    private static async Task<Document?> WriteAsync(HttpContext http, RequestDelegate next)
    {
        var body = http.Response.Body;
        using var memory = new MemoryStream();
        http.Response.Body = memory;
        try
        {
            // Without the caller's query and headers, so that nothing of one request stands in everybody's answer.
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
