namespace KubeIdP.Server.Web;

/// <summary>How long headers are as HTTP/1.1 sends them (RFC 9112 §5), in bytes.</summary>
internal static class HeaderLength
{
    /// <param name="headers">Of a request or of an answer.</param>
    /// <param name="except">The name of one that is not counted.</param>
    public static int Of(IHeaderDictionary headers, string? except = null)
    {
        // A loop, for this is asked at each request: Sum would allocate for each header.
        var length = 0;
        foreach (var (name, values) in headers)
        {
            if (name.Equals(except, StringComparison.OrdinalIgnoreCase)) continue;

            foreach (var value in values) length += name.Length + ": \r\n".Length + (value?.Length ?? 0);
        }

        return length;
    }
}
