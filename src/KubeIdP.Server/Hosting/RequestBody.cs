using Microsoft.Net.Http.Headers;

namespace KubeIdP.Server.Hosting;

/// <summary>
/// Refuses bodies that can't be read. What libraries throw of them, or of a form that breaks off in the middle, is otherwise what tells of a bug or an outage of
/// ours, and any stranger can send it.
/// </summary>
internal static class RequestBody
{
    private static readonly string[] Forms = ["application/x-www-form-urlencoded", "multipart/form-data"];

    public static async Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        // By its beginning, as OpenIddict tells a form too: a type that can't be parsed is none to the framework.
        if (http.Request.ContentType is { } type && Forms.Any(form => type.StartsWith(form, StringComparison.OrdinalIgnoreCase))) await ReadFormAsync(http);
        else if (http.Request.HasJsonContentType() && !HasKnownCharset(http.Request.ContentType!)) throw new BadHttpRequestException("The charset of the body is not known.");

        await next(http);
    }

    /// <summary>Before anybody else; it is kept with the request.</summary>
    private static async Task ReadFormAsync(HttpContext http)
    {
        try
        {
            await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception fault) when (fault is NotSupportedException or InvalidOperationException or (IOException and not BadHttpRequestException))
        {
            throw new BadHttpRequestException("The form can't be read.", fault);
        }
    }

    private static bool HasKnownCharset(string type)
    {
        try
        {
            return MediaTypeHeaderValue.TryParse(type, out var media) && (!media.Charset.HasValue || media.Encoding is not null);
        }
        catch (NotSupportedException)
        {
            // UTF-7, which .NET knows and refuses.
            return false;
        }
    }
}
