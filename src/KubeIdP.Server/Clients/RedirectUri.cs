namespace KubeIdP.Server.Clients;

/// <summary>Compares redirect URIs with the registered ones.</summary>
internal static class RedirectUri
{
    private static readonly string[] Loopbacks = ["http://localhost", "http://127.0.0.1", "http://[::1]"];

    /// <summary>
    /// Compared character by character, never parsed and rebuilt: differences that a parser would remove (upper case, dot segments,
    /// percent-encoding) have been used to steal redirects from other servers. Only the port of an http loopback address is free (RFC 8252
    /// §7.3).
    /// </summary>
    public static bool Matches(string registered, string presented)
    {
        if (string.Equals(registered, presented, StringComparison.Ordinal)) return true;

        return Array.Find(Loopbacks, origin => registered.StartsWith(origin, StringComparison.Ordinal)) is { } loopback
            && presented.StartsWith(loopback, StringComparison.Ordinal)
            && AfterPort(registered.AsSpan(loopback.Length)) is { Valid: true } expected
            && AfterPort(presented.AsSpan(loopback.Length)) is { Valid: true } actual
            && registered.AsSpan()[^expected.RemainderLength..].SequenceEqual(presented.AsSpan()[^actual.RemainderLength..]);
    }

    /// <summary>
    /// Whether a program on the person's machine has registered the scheme of the address (RFC 8252 §7.1), which therefore has no host.
    /// </summary>
    public static bool HasPrivateScheme(string uri) =>
        !uri.StartsWith("https://", StringComparison.Ordinal) && !uri.StartsWith("http://", StringComparison.Ordinal);

    /// <summary>
    /// The origin as a browser writes it into the <c>Origin</c> header: lower case, and without the port if it is the default one.
    /// </summary>
    public static string WebOriginOf(string uri) => new Uri(uri).GetLeftPart(UriPartial.Authority);

    /// <summary>
    /// The scheme and authority exactly as written, for display and for the form-action of the login's pages; of a private scheme only the
    /// scheme with its colon.
    /// </summary>
    public static string OriginOf(string uri)
    {
        if (HasPrivateScheme(uri)) return uri[..(uri.IndexOf(':', StringComparison.Ordinal) + 1)];

        var host = uri.IndexOf("//", StringComparison.Ordinal) + 2;
        var path = uri.AsSpan(host).IndexOfAny('/', '?');
        return path < 0 ? uri : uri[..(host + path)];
    }

    /// <summary>Whether the query has a parameter without a name, such as <c>?=</c>, for which OpenIddict throws.</summary>
    public static bool HasNamelessParameter(Uri uri) =>
        uri.Query.TrimStart('?').Split(['&', ';'], StringSplitOptions.RemoveEmptyEntries).Any(parameter => parameter.Trim('=').Length == 0);

    private static (bool Valid, int RemainderLength) AfterPort(ReadOnlySpan<char> afterHost)
    {
        if (afterHost.Length > 0 && afterHost[0] == ':')
        {
            var digits = afterHost[1..].IndexOfAnyExceptInRange('0', '9');
            var port = digits < 0 ? afterHost[1..] : afterHost[1..(digits + 1)];
            if (port.Length is 0 or > 5 || int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) is 0 or > 65_535)
                return (false, 0);
            afterHost = afterHost[(port.Length + 1)..];
        }

        // The text after the host must begin a path or query: "http://localhost.evil.example" and "http://localhost@evil" don't.
        return (afterHost.Length == 0 || afterHost[0] is '/' or '?', afterHost.Length);
    }
}
