using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Upstreams;

/// <summary>An account as somebody named it.</summary>
/// <param name="Connector">Where it is to be looked for.</param>
/// <param name="Name">
/// Without the domain that led there, for the audit. The connector gets the name as it was typed.
/// </param>
internal sealed record TypedAccount(ConnectorId Connector, string Name)
{
    /// <summary>Whether a name says, by one of these domains, where its account is.</summary>
    public static bool Mentions(string typed, IEnumerable<string> domains) => domains.Any(domain => BareName(typed, domain) is not null);

    /// <summary>The name without this domain before or after it; null when the name doesn't mention the domain.</summary>
    public static string? BareName(string typed, string domain)
    {
        var (slash, at) = (typed.IndexOf('\\', StringComparison.Ordinal), typed.LastIndexOf('@'));
        if (slash > 0 && IsDomain(typed.AsSpan(0, slash))) return typed[(slash + 1)..];
        return at > 0 && IsDomain(typed.AsSpan(at + 1)) ? typed[..at] : null;

        bool IsDomain(ReadOnlySpan<char> written) => written.Equals(domain, StringComparison.OrdinalIgnoreCase);
    }
}
