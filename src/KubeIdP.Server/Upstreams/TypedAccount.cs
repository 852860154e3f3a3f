using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Upstreams;

/// <summary>An account as a person typed it.</summary>
/// <param name="Connector">The upstream in which to look for it.</param>
/// <param name="Name">
/// Without the domain that selected the upstream, for the audit log. The connector gets the name as it was typed.
/// </param>
internal sealed record TypedAccount(ConnectorId Connector, string Name)
{
    /// <summary>Whether a name contains one of these domains.</summary>
    public static bool Mentions(string typed, IEnumerable<string> domains) => domains.Any(domain => BareName(typed, domain) is not null);

    /// <summary>The name without this domain before or after it; null if the name does not contain the domain.</summary>
    public static string? BareName(string typed, string domain)
    {
        var (slash, at) = (typed.IndexOf('\\', StringComparison.Ordinal), typed.LastIndexOf('@'));
        if (slash > 0 && IsDomain(typed.AsSpan(0, slash))) return typed[(slash + 1)..];
        return at > 0 && IsDomain(typed.AsSpan(at + 1)) ? typed[..at] : null;

        bool IsDomain(ReadOnlySpan<char> written) => written.Equals(domain, StringComparison.OrdinalIgnoreCase);
    }
}
