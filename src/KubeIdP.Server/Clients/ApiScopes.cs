using System.Collections.Immutable;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Clients;

/// <summary>What a program may do through the administration's API. A person's client asks for <see cref="Admin"/> and may what its person may at that moment.</summary>
internal static class ApiScopes
{
    /// <summary>For an administrator or auditor: whatever their groups allow, judged at each call.</summary>
    public const string Admin = "admin";

    public const string SessionsRead = "sessions:read";
    public const string SessionsEnd = "sessions:end";
    public const string PeopleRead = "people:read";

    /// <summary>Whoever has it can make somebody an administrator.</summary>
    public const string PeopleWrite = "people:write";

    public const string AuditRead = "audit:read";
    public const string ReportsRead = "reports:read";

    /// <summary>What only looks on.</summary>
    public static readonly ImmutableArray<string> Reading = [SessionsRead, PeopleRead, AuditRead, ReportsRead];

    /// <summary>What a service may be given.</summary>
    public static readonly ImmutableArray<string> All = [.. Reading, SessionsEnd, PeopleWrite];

    /// <summary>How long after its issue a token for the API is taken, whatever ID tokens are configured to.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(5);

    /// <summary>The audience of tokens for the API, and its address.</summary>
    public static string Audience(IssuerUrl issuer) => $"{issuer}{Path}";

    public const string Path = "/api/v1";
}
