namespace KubeIdP.Testing.Browsers;

public sealed record Cookie(string Name, string Value)
{
    public required string Host { get; init; }

    /// <summary>Set without Domain: for this very host alone.</summary>
    public required bool HostOnly { get; init; }

    public required string Path { get; init; }

    /// <summary>By the server; else <see cref="Path"/> is the folder of the page.</summary>
    public required bool PathStated { get; init; }

    public required bool Secure { get; init; }

    public required bool HttpOnly { get; init; }

    /// <summary>In lower case; null when the server left it to the browser.</summary>
    public required string? SameSite { get; init; }

    /// <summary>Null: until the browser closes.</summary>
    public required DateTimeOffset? Expires { get; init; }

    public bool IsFor(Uri url) =>
        (!Secure || url.Scheme == Uri.UriSchemeHttps)
        && (HostOnly ? string.Equals(url.Host, Host, StringComparison.OrdinalIgnoreCase) : IsWithin(url.Host, Host))
        && CoversPath(url.AbsolutePath);

    public static bool IsWithin(string host, string domain) =>
        string.Equals(host, domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase);

    private bool CoversPath(string path) =>
        path == Path || (path.StartsWith(Path, StringComparison.Ordinal) && (Path.EndsWith('/') || path[Path.Length] == '/'));
}
