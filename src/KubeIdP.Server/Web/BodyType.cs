using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Web;

/// <summary>
/// Reads bodies as UTF-8, whatever encoding their Content-Type names: neither JSON (RFC 8259 §11) nor a form (URL Standard §5) has a
/// parameter
/// <c>charset</c>, and "adding one really has no effect on compliant recipients". The framework uses it, and throws when it is unknown,
/// disabled (UTF-7), or in quotes. A form body of another form type is refused: OpenIddict and the framework look only at the beginning of
/// the type, and a parse error would be reported as a bug of the server.
/// </summary>
internal static class BodyType
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    /// <exception cref="BadHttpRequestException">
    /// The type is not that of the forms of this server: they are not multipart, where each part could name an encoding.
    /// </exception>
    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        // Fast path without parsing, for the type that kubectl sends with each refresh.
        if (http.Request.ContentType is not { } type || type == UrlEncoded) return next(http);

        var isForm = type.StartsWith(UrlEncoded, StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
        var parsed = MediaTypeHeaderValue.TryParse(type, out var found) ? found : null;
        if (isForm && parsed?.MediaType.Equals(UrlEncoded, StringComparison.OrdinalIgnoreCase) is not true)
            throw new BadHttpRequestException($"The Content-Type is neither {UrlEncoded} nor one without forms.");

        if (parsed?.Charset.HasValue is true) http.Request.ContentType = parsed.MediaType.Value;
        return next(http);
    }
}
