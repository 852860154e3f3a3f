using System.Collections.Concurrent;
using System.Net;
using KubeIdP.Testing.Directories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KubeIdP.Testing.Kubernetes;

/// <summary>
/// An API server as far as clients go that list namespaces, ask who they are, and bind a group: over TLS, and with this issuer's tokens for
/// one audience, whose signature and expiry it checks as the real one does. Everything else is the task of <see cref="ControlPlane"/>.
/// </summary>
public sealed class StandInApiServer : IAsyncDisposable
{
    /// <summary>Of an administrator, who needs no issuer.</summary>
    public const string AdminToken = "the-token-of-the-administrator";

    private readonly WebApplication app;
    private readonly TestAuthority authority;
    private readonly HttpClient toIssuer;
    private readonly string issuer;
    private readonly string audience;

    private StandInApiServer(WebApplication app, TestAuthority authority, HttpClient toIssuer, string issuer, string audience)
    {
        this.app = app;
        this.authority = authority;
        this.toIssuer = toIssuer;
        this.issuer = issuer;
        this.audience = audience;
    }

    public string Address => app.Urls.Single();

    /// <summary>The certificate authority (PEM) of its certificate.</summary>
    public string AuthorityPem => authority.Pem;

    /// <summary>The ID tokens that it accepted, by their <c>jti</c>, with the user's name.</summary>
    public ConcurrentQueue<(string TokenId, string Username)> Accepted { get; } = [];

    /// <summary>Why it refused others.</summary>
    public ConcurrentQueue<string> Refused { get; } = [];

    /// <summary>What it counts; null if nobody may read that.</summary>
    public string? Metrics { get; set; }

    /// <summary>Whether it refuses every token, as one that asks the issuer does after the end of the session.</summary>
    public bool RefusesAll { get; set; }

    /// <summary>What it writes before user names.</summary>
    public string UsernamePrefix { get; set; } = "";

    /// <param name="issuer">The issuer URL, byte for byte.</param>
    /// <param name="audience">The client id of the cluster that it is.</param>
    /// <param name="toIssuer">Reaches the issuer for its keys, which are read again for each token.</param>
    public static async Task<StandInApiServer> StartAsync(string issuer, string audience, HttpMessageHandler toIssuer, CancellationToken ct)
    {
        var authority = new TestAuthority($"CN=Cluster CA of {audience}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(authority.Issue(["localhost", "127.0.0.1"]))));
        var app = builder.Build();
        var server = new StandInApiServer(app, authority, new HttpClient(toIssuer), issuer, audience);
        server.Map();
        await app.StartAsync(ct);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        toIssuer.Dispose();
        authority.Dispose();
    }

    private void Map()
    {
        app.MapGet("/version", () => new { major = "1", minor = "35", gitVersion = "v1.35.2", platform = "linux/amd64" });
        Serve("/api", _ => new { kind = "APIVersions", versions = (string[])["v1"] });
        Serve("/apis", _ => new
        {
            kind = "APIGroupList", apiVersion = "v1",
                groups = (object[])[Group("authentication.k8s.io"), Group("rbac.authorization.k8s.io")],
        });
        Serve("/api/v1", _ => Resources("v1", "namespaces", "Namespace", "get", "list"));
        Serve("/apis/authentication.k8s.io/v1",
            _ => Resources("authentication.k8s.io/v1", "selfsubjectreviews", "SelfSubjectReview", "create"));
        Serve("/apis/rbac.authorization.k8s.io/v1",
            _ => Resources("rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", "create"));
        Serve("/api/v1/namespaces", _ => new
        {
            kind = "NamespaceList", apiVersion = "v1", metadata = new { resourceVersion = "1" },
                items = (object[])[Namespace("default"), Namespace($"of-{audience}")],
        });
        app.MapPost("/apis/authentication.k8s.io/v1/selfsubjectreviews", http => AnswerAsync(http, user => new
        {
            kind = "SelfSubjectReview", apiVersion = "authentication.k8s.io/v1", metadata = new { },
                status = new { userInfo = new { username = user.Name, groups = user.Groups.Append("system:authenticated") } },
        }, StatusCodes.Status201Created));

        // What kubectl sends is not JSON, and nothing here asks for rights.
        app.MapPost("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", http => AnswerAsync(http, _ => new
        {
            kind = "ClusterRoleBinding", apiVersion = "rbac.authorization.k8s.io/v1", metadata = new { name = "bound" },
                roleRef = new { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "view" },
        }, StatusCodes.Status201Created));
        app.MapGet("/metrics", http => Metrics is { } metrics
            ? http.Response.WriteAsync(metrics)
            : AnswerAsync(http, _ => Status(403, "Forbidden", "forbidden: User cannot get path \"/metrics\""), 403));
        app.MapFallback(http => AnswerAsync(http, _ => Status(404, "NotFound", "the stand-in does not have this"), 404));
    }

    private void Serve(string path, Func<User, object> answer) => app.MapGet(path, http => AnswerAsync(http, answer, 200));

    private static object Group(string name) =>
        new { name, versions = (object[])[new { groupVersion = $"{name}/v1", version = "v1" }],
            preferredVersion = new { groupVersion = $"{name}/v1", version = "v1" } };

    private static object Resources(string version, string name, string kind, params string[] verbs) => new
    {
        kind = "APIResourceList", groupVersion = version,
            resources = (object[])[new { name, singularName = "", namespaced = false, kind, verbs }],
    };

    private static object Namespace(string name) =>
        new { kind = "Namespace", apiVersion = "v1", metadata = new { name, creationTimestamp = "2026-01-01T00:00:00Z" },
            status = new { phase = "Active" } };

    private static object Status(int code, string reason, string message) =>
        new { kind = "Status", apiVersion = "v1", metadata = new { }, status = "Failure", message, reason, code };

    private async Task AnswerAsync(HttpContext http, Func<User, object> answer, int status)
    {
        var user = await AuthenticateAsync(http.Request.Headers.Authorization.ToString(), http.RequestAborted);
        http.Response.StatusCode = user is null ? StatusCodes.Status401Unauthorized : status;
        await http.Response.WriteAsJsonAsync(user is null ? Status(401, "Unauthorized", "Unauthorized") : answer(user),
            http.RequestAborted);
    }

    private async Task<User?> AuthenticateAsync(string header, CancellationToken ct)
    {
        if (header == $"Bearer {AdminToken}") return new User("admin", ["system:masters"]);
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal)) return null;

        var keys = new JsonWebKeySet(await toIssuer.GetStringAsync($"{issuer}/.well-known/jwks", ct));
        if (RefusesAll) return null;

        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(header["Bearer ".Length..],
            new TokenValidationParameters
            {
                ValidIssuer = issuer, ValidAudience = audience, IssuerSigningKeys = keys.GetSigningKeys(), ClockSkew = TimeSpan.Zero,
            });
        if (!result.IsValid)
        {
            Refused.Enqueue(result.Exception.Message);
            return null;
        }

        var token = (JsonWebToken)result.SecurityToken;
        var name = UsernamePrefix + token.GetClaim("preferred_username").Value;
        List<string> groups = [.. token.Claims.Where(claim => claim.Type == "groups").Select(claim => claim.Value)];

        // The rule that is in every configuration of the product.
        if (groups.Any(group => group.StartsWith("system:", StringComparison.Ordinal)))
        {
            Refused.Enqueue("groups must not begin with system:");
            return null;
        }

        Accepted.Enqueue((token.Id, name));
        return new User(name, groups);
    }

    private sealed record User(string Name, IReadOnlyList<string> Groups);
}
