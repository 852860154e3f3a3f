using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Features;

namespace KubeIdP.Server.Issuer;

/// <summary>
/// The paths of the protocol. OpenIddict answers some of them itself, before routing; without names they would all be one endpoint in the
/// metrics.
/// </summary>
internal static class EndpointPaths
{
    public const string Authorize = "/connect/authorize";
    public const string Token = "/connect/token";
    public const string Device = "/connect/device";
    public const string UserInfo = "/connect/userinfo";
    public const string Revocation = "/connect/revoke";
    public const string Introspection = "/connect/introspect";
    public const string Logout = "/connect/logout";

    /// <summary>Those that an application in the browser calls (OAuth 2.0 for Browser-Based Applications).</summary>
    private static readonly FrozenSet<string> Callable = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, Token, UserInfo, Revocation, PreparedDocuments.OpenIdConfiguration,
        PreparedDocuments.AuthorizationServer, PreparedDocuments.Jwks);

    private static readonly FrozenSet<string> Unrouted = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, [.. Callable, Introspection, Device]);

    /// <summary>Whether OpenIddict answers it itself, to a program.</summary>
    public static bool IsUnrouted(PathString path) => path.Value is { } text && Unrouted.Contains(text);

    /// <summary>Whether applications in the browser call it.</summary>
    public static bool IsCallable(PathString path) => path.Value is { } text && Callable.Contains(text);

    /// <summary>
    /// Names the endpoint in the metric of request durations, as routing does for the others. Does nothing if metrics are not collected.
    /// </summary>
    public static Task NameAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpMetricsTagsFeature>() is { } measured && http.Request.Path.Value is { } path
            && Unrouted.TryGetValue(path, out var name))
            measured.Tags.Add(new("http.route", name));
        return next(http);
    }
}
