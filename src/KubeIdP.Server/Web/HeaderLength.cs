namespace KubeIdP.Server.Web;

/// <summary>Computes the length of headers in HTTP/1.1 (RFC 9112 §5), in bytes.</summary>
internal static class HeaderLength
{
    /// <param name="headers">The headers of a request or response.</param>
    /// <param name="except">The name of a header that is not counted.</param>
    public static int Of(IHeaderDictionary headers, string? except = null)
    {
        // A loop, because this runs for each request: Sum would allocate for each header.
        var length = 0;
        foreach (var (name, values) in headers)
        {
            if (name.Equals(except, StringComparison.OrdinalIgnoreCase)) continue;

            foreach (var value in values) length += name.Length + ": \r\n".Length + (value?.Length ?? 0);
        }

        return length;
    }
}
