using System.Globalization;
using System.Net.Http.Headers;

namespace KubeIdP.Testing.Browsers;

/// <summary>
/// Keeps cookies as a browser does (RFC 6265bis): a prefix that is not earned, or Secure over http, and the cookie is refused.
/// <see cref="Refused"/> keeps those: a server that sends one has a bug.
/// </summary>
public sealed class CookieJar(TimeProvider clock)
{
    private readonly List<Cookie> cookies = [];
    private readonly List<string> refused = [];

    /// <summary>The Set-Cookie lines that a browser would not have taken.</summary>
    public IReadOnlyList<string> Refused => refused;

    public IReadOnlyList<Cookie> Cookies => [.. cookies.Where(IsFresh)];

    public string? this[string name] => Cookies.FirstOrDefault(cookie => cookie.Name == name)?.Value;

    /// <summary>Puts a cookie in as if its server had set it: a stolen one, or a forged one.</summary>
    public void Set(Uri origin, string line) => Take(origin, line);

    public void Remove(string name) => cookies.RemoveAll(cookie => cookie.Name == name);

    public void Clear() => cookies.Clear();

    /// <summary>What one tab sends while others wait for their answers.</summary>
    public CookieJar Copy()
    {
        var copy = new CookieJar(clock);
        copy.cookies.AddRange(cookies);
        return copy;
    }

    /// <summary>Takes what another tab was given, as if its answer had come just now.</summary>
    public void TakeFrom(CookieJar tab)
    {
        refused.AddRange(tab.refused);
        foreach (var cookie in tab.cookies)
        {
            cookies.RemoveAll(old =>
                (old.Name, old.Host, old.HostOnly, old.Path) == (cookie.Name, cookie.Host, cookie.HostOnly, cookie.Path));
            cookies.Add(cookie);
        }
    }

    public void Attach(HttpRequestMessage request)
    {
        var url = request.RequestUri!;
        var sent = cookies.Where(cookie => IsFresh(cookie) && cookie.IsFor(url)).OrderByDescending(cookie => cookie.Path.Length).ToList();
        if (sent.Count > 0) request.Headers.Add("Cookie", string.Join("; ", sent.Select(cookie => $"{cookie.Name}={cookie.Value}")));
    }

    public void TakeFrom(Uri url, HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("Set-Cookie", out var lines)) return;
        foreach (var line in lines)
            Take(url, line);
    }

    private void Take(Uri url, string line)
    {
        if (Parse(url, line) is not { } cookie || !MayStand(cookie, url))
        {
            refused.Add(line);
            return;
        }

        cookies.RemoveAll(old => (old.Name, old.Host, old.HostOnly, old.Path) == (cookie.Name, cookie.Host, cookie.HostOnly, cookie.Path));
        if (IsFresh(cookie)) cookies.Add(cookie);
    }

    private static bool MayStand(Cookie cookie, Uri url)
    {
        if (cookie.Secure && url.Scheme != Uri.UriSchemeHttps) return false;
        if (cookie.SameSite == "none" && !cookie.Secure) return false;
        if (cookie.Name.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase)) return cookie.Secure;
        if (cookie.Name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase))
            return cookie is { Secure: true, HostOnly: true, PathStated: true, Path: "/" };
        return cookie.HostOnly || Cookie.IsWithin(url.Host, cookie.Host);
    }

    private Cookie? Parse(Uri url, string line)
    {
        var parts = line.Split(';', StringSplitOptions.TrimEntries);
        var pair = parts[0].Split('=', 2, StringSplitOptions.TrimEntries);

        // RFC 6265bis §5.6: name and value together at most 4096 octets.
        if (pair.Length != 2 || pair[0].Length == 0 || pair[0].Length + pair[1].Length > 4096) return null;

        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var attribute in parts.Skip(1).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)))
            attributes[attribute[0]] = attribute.Length == 2 ? attribute[1] : "";

        var domain = attributes.GetValueOrDefault("Domain", "").TrimStart('.');
        var path = attributes.GetValueOrDefault("Path", "");
        return new Cookie(pair[0], pair[1])
        {
            PathStated = path.StartsWith('/'),
            Host = domain.Length > 0 ? domain : url.Host,
            HostOnly = domain.Length == 0,
            Path = path.StartsWith('/') ? path : DefaultPath(url),
            Secure = attributes.ContainsKey("Secure"),
            HttpOnly = attributes.ContainsKey("HttpOnly"),
            SameSite = attributes.GetValueOrDefault("SameSite")?.ToLowerInvariant(),
            Expires = ExpiryOf(attributes),
        };
    }

    private DateTimeOffset? ExpiryOf(Dictionary<string, string> attributes)
    {
        if (long.TryParse(attributes.GetValueOrDefault("Max-Age"), CultureInfo.InvariantCulture, out var seconds))
            return clock.GetUtcNow().AddSeconds(seconds);
        return DateTimeOffset.TryParse(attributes.GetValueOrDefault("Expires"), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    private static string DefaultPath(Uri url)
    {
        var last = url.AbsolutePath.LastIndexOf('/');
        return last <= 0 ? "/" : url.AbsolutePath[..last];
    }

    private bool IsFresh(Cookie cookie) => cookie.Expires is null || cookie.Expires > clock.GetUtcNow();
}
