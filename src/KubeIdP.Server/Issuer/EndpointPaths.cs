using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Features;

namespace KubeIdP.Server.Issuer;

/// <summary>The paths that OpenIddict answers by itself, before routing; without a word from us all of them would be one endpoint in the metrics.</summary>
internal static class EndpointPaths
{
    public const string Token = "/connect/token";
    public const string UserInfo = "/connect/userinfo";
    public const string Revocation = "/connect/revoke";

    private static readonly FrozenSet<string> Unrouted = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, Token, UserInfo, Revocation, PreparedDocuments.OpenIdConfiguration, PreparedDocuments.AuthorizationServer, PreparedDocuments.Jwks);

    /// <summary>Whether OpenIddict answers it by itself, to a program.</summary>
    public static bool IsUnrouted(PathString path) => path.Value is { } text && Unrouted.Contains(text);

    /// <summary>Names them in the duration of requests, as routing does the others. Nothing where nobody measures.</summary>
    public static Task NameAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpMetricsTagsFeature>() is { } measured && http.Request.Path.Value is { } path && Unrouted.TryGetValue(path, out var name))
            measured.Tags.Add(new("http.route", name));
        return next(http);
    }
}
