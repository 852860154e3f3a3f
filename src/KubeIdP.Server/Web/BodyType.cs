using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>
/// Bodies are read as UTF-8, whatever their Content-Type says of an encoding: neither JSON (RFC 8259 §11) nor a form (URL Standard §5) has a parameter
/// <c>charset</c>, and "adding one really has no effect on compliant recipients". The framework goes by it, and throws at one that it does not know, has
/// switched off (UTF-7), or finds in quotes. A body that says it is a form and can't be read as one of ours is refused: OpenIddict and the framework go by how the
/// type begins, and what then does not parse would count as a bug of ours.
/// </summary>
internal static class BodyType
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    /// <exception cref="BadHttpRequestException">The type is none that a form of ours has: none is sent in parts, each of which could name an encoding.</exception>
    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        // What kubectl sends at each refresh is not parsed.
        if (http.Request.ContentType is not { } type || type == UrlEncoded) return next(http);

        var isForm = type.StartsWith(UrlEncoded, StringComparison.OrdinalIgnoreCase) || type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
        var parsed = MediaTypeHeaderValue.TryParse(type, out var found) ? found : null;
        if (isForm && parsed?.MediaType.Equals(UrlEncoded, StringComparison.OrdinalIgnoreCase) is not true)
            throw new BadHttpRequestException($"The Content-Type is neither {UrlEncoded} nor one without forms.");

        if (parsed?.Charset.HasValue is true) http.Request.ContentType = parsed.MediaType.Value;
        return next(http);
    }
}
