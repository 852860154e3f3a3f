using System.Collections.Immutable;
using KubeIdP.Cli.Api;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

/// <summary>
/// The scopes of the administration API. A person's client requests <see cref="Admin"/> and may do what that person may do at that time.
/// </summary>
internal static class ApiScopes
{
    /// <summary>For an administrator or auditor: everything that their groups allow, checked at each call.</summary>
    public const string Admin = "admin";

    /// <summary>
    /// For everybody, by the program kubeidp: one's own sessions and clusters at <see cref="SelfPath"/>, and nothing of other people.
    /// </summary>
    public const string Self = "self";

    public const string SessionsRead = "sessions:read";
    public const string SessionsEnd = "sessions:end";
    public const string PeopleRead = "people:read";

    /// <summary>It allows to make a person an administrator.</summary>
    public const string PeopleWrite = "people:write";

    public const string AuditRead = "audit:read";
    public const string ReportsRead = "reports:read";

    /// <summary>The clusters, their kubeconfigs and what their API servers need; nothing of it is secret.</summary>
    public const string ClustersRead = "clusters:read";

    /// <summary>The read-only scopes.</summary>
    public static readonly ImmutableArray<string> Reading = [SessionsRead, PeopleRead, AuditRead, ReportsRead, ClustersRead];

    /// <summary>The scopes that a service may have.</summary>
    public static readonly ImmutableArray<string> All = [.. Reading, SessionsEnd, PeopleWrite];

    /// <summary>The lifetime of a token for the API, regardless of the configured lifetime of ID tokens.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(5);

    /// <summary>The audience of tokens for the API, and its address.</summary>
    public static string Audience(IssuerUrl issuer) => $"{issuer}{Path}";

    /// <summary>The audience of tokens for one's own API, and its address.</summary>
    public static string SelfAudience(IssuerUrl issuer) => $"{issuer}{SelfPath}";

    public const string Path = ApiRoot.Path;

    public const string SelfPath = $"{Path}/self";
}
