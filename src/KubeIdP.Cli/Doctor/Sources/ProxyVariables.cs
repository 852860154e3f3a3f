using System.Net;
using System.Net.Http;
using KubeIdP.Cli.Doctor.Facts;

namespace KubeIdP.Cli.Doctor.Sources;

/// <summary>
/// The way that the environment names. Programs in Go (kubectl, kubelogin) and this one read it differently: Go knows no ALL_PROXY, and
/// never uses a proxy for this machine itself.
/// </summary>
internal static class ProxyVariables
{
    private static readonly string[] Names =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

    /// <summary>Those that are set, without user names and passwords.</summary>
    public static IReadOnlyList<(string Name, string Value)> Set(Func<string, string?> variable) =>
        [.. from name in Names let value = variable(name) where !string.IsNullOrEmpty(value) select (name, WithoutPassword(value))];

    /// <summary>For programs in Go (golang.org/x/net/http/httpproxy); null for the direct way.</summary>
    public static ProxyRoute? OfGo(Uri url, Func<string, string?> variable)
    {
        if (url.IsLoopback || First(variable, "HTTPS_PROXY", "https_proxy") is not { } found || ParseProxy(found.Value) is not { } proxy)
            return null;

        return IsExcluded(url, First(variable, "NO_PROXY", "no_proxy")?.Value ?? "") ? null : new ProxyRoute(proxy, found.Name);
    }

    /// <summary>For this program; null for the direct way.</summary>
    public static ProxyRoute? OfThisProcess(Uri url, Func<string, string?> variable)
    {
        var proxies = HttpClient.DefaultProxy;
        if (proxies.IsBypassed(url) || proxies.GetProxy(url) is not { } proxy || proxy == url) return null;

        return new ProxyRoute(proxy,
            First(variable, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")?.Name ?? "the settings of this system");
    }

    /// <summary>Null if it is none.</summary>
    public static Uri? ParseProxy(string value) =>
        Uri.TryCreate(value.Contains("://", StringComparison.Ordinal) ? value : $"http://{value}", UriKind.Absolute, out var proxy)
            && proxy.Host.Length > 0 ? proxy : null;

    /// <summary>Whether NO_PROXY excludes a host, as Go reads it.</summary>
    public static bool IsExcluded(Uri url, string noProxy)
    {
        var host = url.Host.Trim('[', ']').ToLowerInvariant();
        var address = IPAddress.TryParse(host, out var parsed) ? parsed : null;
        foreach (var one in noProxy.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var entry = one.ToLowerInvariant();
            if (entry is "*") return true;

            if (IPNetwork.TryParse(entry, out var network))
            {
                if (address is not null && network.Contains(address)) return true;
                continue;
            }

            if (entry.LastIndexOf(':') is > 0 and var colon && int.TryParse(entry[(colon + 1)..], out var port)
                && (entry.IndexOf(':', StringComparison.Ordinal) == colon || entry[colon - 1] is ']'))
            {
                if (port != url.Port) continue;
                entry = entry[..colon];
            }

            entry = entry.Trim('[', ']');
            if (entry.StartsWith("*.", StringComparison.Ordinal)) entry = entry[1..];
            if (entry.StartsWith('.') ? host.EndsWith(entry, StringComparison.Ordinal)
                : host == entry || (address is null && host.EndsWith($".{entry}", StringComparison.Ordinal))) return true;
        }

        return false;
    }

    private static (string Name, string Value)? First(Func<string, string?> variable, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (variable(name) is { Length: > 0 } value) return (name, value);
        return null;
    }

    private static string WithoutPassword(string value)
    {
        var at = value.LastIndexOf('@');
        if (at < 0) return value;

        var scheme = value.IndexOf("://", StringComparison.Ordinal);
        return $"{(scheme < 0 ? "" : value[..(scheme + 3)])}…{value[at..]}";
    }
}
