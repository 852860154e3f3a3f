using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Refuses a body that says it is a form and can't be read as one of ours. OpenIddict and the framework go by how the type begins; what then does not parse, names a
/// character set that .NET refuses (UTF-7), or breaks off in the middle of a part would count as a bug or as an outage.
/// </summary>
internal static class FormType
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    /// <exception cref="BadHttpRequestException">The type is none that a form of ours has: none is sent in parts.</exception>
    public static Task CheckAsync(HttpContext http, RequestDelegate next) =>
        CanBeRead(http.Request.ContentType) ? next(http) : throw new BadHttpRequestException($"The Content-Type is neither {UrlEncoded} nor one without forms.");

    private static bool CanBeRead(string? type)
    {
        if (type is null || !(type.StartsWith(UrlEncoded, StringComparison.OrdinalIgnoreCase) || type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))) return true;

        return MediaTypeHeaderValue.TryParse(type, out var parsed) && parsed.MediaType.Equals(UrlEncoded, StringComparison.OrdinalIgnoreCase) && HasReadableText(parsed);
    }

    // A name that .NET does not know is read as UTF-8 (RFC 6749 appendix B).
    private static bool HasReadableText(MediaTypeHeaderValue type)
    {
        try
        {
            _ = type.Encoding;
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}
