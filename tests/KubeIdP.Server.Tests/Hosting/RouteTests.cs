using System.Net;
using KubeIdP.Server.Tests.DeviceCode;
using KubeIdP.Server.Tests.Protocol;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using Xunit;

namespace KubeIdP.Server.Tests.Hosting;

/// <summary>Every address that the server answers, and who gets through. A new one that is not in the list fails here.</summary>
public sealed class RouteTests(DevicesOnSqlite running) : ProtocolTests(running), IClassFixture<DevicesOnSqlite>
{
    private enum For
    {
        /// <summary>It tells nobody anything that is not for all.</summary>
        Anybody,

        /// <summary>A step of a login, or of a link: what was proven is in its own protected cookie, or in the link.</summary>
        PersonSigningIn,

        SignedIn,
        Administrators,

        /// <summary>OpenIddict's own checks of client and token, and then this server's.</summary>
        Clients,

        ApiServers,

        /// <summary>Services and administrators' clients, by a token; see the tests of the API.</summary>
        Programs,
    }

    private static readonly Dictionary<string, For> Routes = new()
    {
        ["/"] = For.Anybody,
        ["/.well-known/jwks"] = For.Anybody,
        ["/.well-known/oauth-authorization-server"] = For.Anybody,
        ["/.well-known/openid-configuration"] = For.Anybody,
        ["/account"] = For.SignedIn,
        ["/account/add-authenticator"] = For.SignedIn,
        ["/account/authenticators/{id}"] = For.SignedIn,
        ["/account/password"] = For.SignedIn,
        ["/account/recovery-codes"] = For.SignedIn,
        ["/admin"] = For.Anybody, // Only leads on to a page.
        ["/admin/audit"] = For.Administrators,
        ["/admin/device-codes"] = For.Administrators,
        ["/admin/device-codes/{id}"] = For.Administrators,
        ["/admin/people"] = For.Administrators,
        ["/admin/people/add"] = For.Administrators,
        ["/admin/people/enrol"] = For.Administrators,
        ["/admin/people/{id}"] = For.Administrators,
        ["/admin/people/{id}/{act}"] = For.Administrators,
        ["/admin/reports"] = For.Administrators,
        ["/admin/reports/clients"] = For.Administrators,
        ["/admin/sessions"] = For.Administrators,
        ["/admin/sessions/end"] = For.Administrators,
        ["/admin/sessions/{id}"] = For.Administrators,
        ["/api/v1/audit"] = For.Programs,
        ["/api/v1/clusters/"] = For.Programs,
        ["/api/v1/clusters/{name}"] = For.Programs,
        ["/api/v1/clusters/{name}/authentication-config"] = For.Programs,
        ["/api/v1/clusters/{name}/flags"] = For.Programs,
        ["/api/v1/clusters/{name}/instructions"] = For.Programs,
        ["/api/v1/clusters/{name}/webhook"] = For.Programs,
        ["/api/v1/clusters/{name}/kubeconfig"] = For.Programs,
        ["/api/v1/device-codes/"] = For.Programs,
        ["/api/v1/device-codes/{id}/deny"] = For.Programs,
        ["/api/v1/kubeconfig"] = For.Programs,
        ["/api/v1/openapi.json"] = For.Programs,
        ["/api/v1/self/"] = For.Programs,
        ["/api/v1/self/clusters"] = For.Programs,
        ["/api/v1/self/clusters/{name}/kubeconfig"] = For.Programs,
        ["/api/v1/self/kubeconfig"] = For.Programs,
        ["/api/v1/self/sessions"] = For.Programs,
        ["/api/v1/self/sessions/{id}/end"] = For.Programs,
        ["/api/v1/people/"] = For.Programs,
        ["/api/v1/people/enrolment-codes"] = For.Programs,
        ["/api/v1/people/{id}"] = For.Programs,
        ["/api/v1/people/{id}/disable"] = For.Programs,
        ["/api/v1/people/{id}/enable"] = For.Programs,
        ["/api/v1/people/{id}/end-sessions"] = For.Programs,
        ["/api/v1/people/{id}/erase"] = For.Programs,
        ["/api/v1/people/{id}/export"] = For.Programs,
        ["/api/v1/people/{id}/groups"] = For.Programs,
        ["/api/v1/people/{id}/display-name"] = For.Programs,
        ["/api/v1/people/{id}/invite"] = For.Programs,
        ["/api/v1/people/{id}/remove"] = For.Programs,
        ["/api/v1/people/{id}/reset-factors"] = For.Programs,
        ["/api/v1/people/{id}/unlock"] = For.Programs,
        ["/api/v1/reports/clients"] = For.Programs,
        ["/api/v1/reports/people"] = For.Programs,
        ["/api/v1/sessions/"] = For.Programs,
        ["/api/v1/sessions/end"] = For.Programs,
        ["/api/v1/sessions/end/preview"] = For.Programs,
        ["/api/v1/sessions/{id}"] = For.Programs,
        ["/api/v1/sessions/{id}/end"] = For.Programs,
        ["/api/v1/sessions/{id}/grants/{grantId}/end"] = For.Programs,
        ["/ca.crt"] = For.Anybody,
        ["/clusters/{name}"] = For.SignedIn,
        ["/clusters/{name}/api-server"] = For.Administrators,
        ["/clusters/{name}/kubeconfig"] = For.SignedIn,
        ["/connect/authorize"] = For.Clients,
        ["/connect/device"] = For.Clients,
        ["/connect/introspect"] = For.Clients,
        ["/connect/logout"] = For.Clients,
        ["/connect/revoke"] = For.Clients,
        ["/connect/token"] = For.Clients,
        ["/connect/userinfo"] = For.Clients,
        ["/consent"] = For.PersonSigningIn,
        ["/continue"] = For.PersonSigningIn,
        ["/css/kubeidp.css"] = For.Anybody,
        ["/device"] = For.SignedIn,
        ["/device/denied"] = For.SignedIn,
        ["/device/done"] = For.SignedIn,
        ["/device/{id}"] = For.SignedIn,
        ["/enrol"] = For.PersonSigningIn,
        ["/factor"] = For.PersonSigningIn,
        ["/form-failed"] = For.Anybody,
        ["/form-refused"] = For.Anybody,
        ["/form-unfinished"] = For.Anybody,
        ["/invitation"] = For.PersonSigningIn,
        ["/invitation/factor"] = For.PersonSigningIn,
        ["/js/copy.js"] = For.Anybody,
        ["/k8s/token-review"] = For.ApiServers,
        ["/kubeconfig"] = For.SignedIn,
        ["/login"] = For.PersonSigningIn,
        ["/login-over"] = For.Anybody,
        ["/logout"] = For.Anybody, // The page that asks; signing out is of one's own session.
        ["/recovery"] = For.PersonSigningIn,
        ["/setup"] = For.PersonSigningIn,
        ["/setup/factor"] = For.PersonSigningIn,
        ["/sign-in"] = For.Anybody,
        ["/signed-out"] = For.Anybody,
        ["/upstream/{upstream}"] = For.PersonSigningIn,
        ["/upstream/{upstream}/callback"] = For.PersonSigningIn,
    };

    [Fact]
    public void Every_route_is_in_the_list()
    {
        var routed = Issuer.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => Spelling(endpoint.RoutePattern.RawText!));
        var options = Issuer.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue;
        IEnumerable<Uri> protocol =
        [
            .. options.AuthorizationEndpointUris, .. options.ConfigurationEndpointUris, .. options.DeviceAuthorizationEndpointUris,
            .. options.EndSessionEndpointUris,
            .. options.EndUserVerificationEndpointUris, .. options.IntrospectionEndpointUris, .. options.JsonWebKeySetEndpointUris,
            .. options.PushedAuthorizationEndpointUris, .. options.RevocationEndpointUris, .. options.TokenEndpointUris,
            .. options.UserInfoEndpointUris,
        ];

        Assert.Equal(Routes.Keys.Order(StringComparer.Ordinal),
            routed.Concat(protocol.Select(uri => Spelling(uri.OriginalString))).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_a_session_only_the_listed_pages_are_served()
    {
        foreach (var (route, policy) in Routes)
        {
            using var response =
                await SendAsync(new HttpRequestMessage(policy is For.ApiServers ? HttpMethod.Post : HttpMethod.Get, PathOf(route)));

            if (policy is For.SignedIn or For.Administrators)
                Assert.StartsWith("/sign-in?", response.Headers.Location?.PathAndQuery() ?? $"{route} answered {response.StatusCode}",
                    StringComparison.Ordinal);
            else if (policy is For.Programs)
                Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.MethodNotAllowed]);
            else if (policy is For.ApiServers)
                Assert.Equal((route, HttpStatusCode.Unauthorized), (route, response.StatusCode));
            else
                Assert.True((int)response.StatusCode < 500, $"{route} answered {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Somebody_who_is_signed_in_gets_to_no_page_of_the_administrators()
    {
        var browser = (await LogInAsync()).Browser;

        foreach (var (route, _) in Routes.Where(route => route.Value is For.Administrators))
            Assert.Equal((route, HttpStatusCode.Forbidden), (route, (await browser.GoAsync(PathOf(route), Ct)).Status));
        foreach (var (route, _) in Routes.Where(route => route.Value is For.SignedIn))
            Assert.Contains((await browser.GoAsync(PathOf(route), Ct)).Status,
                (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound]);
    }

    // RFC 9111 §3: a cache on the way may store an answer without Cache-Control.
    [Fact]
    public async Task Caches_may_store_only_what_is_public()
    {
        string[] documents = ["/.well-known/jwks", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];
        var browser = (await LogInAsync()).Browser;
        browser.StopAt = _ => true;
        foreach (var (route, policy) in Routes)
        {
            using var response =
                await SendAsync(new HttpRequestMessage(policy is For.ApiServers ? HttpMethod.Post : HttpMethod.Get, PathOf(route)));
            Assert.Equal((route, documents.Contains(route) ? "no-cache" : "no-store"), (route, $"{response.Headers.CacheControl}"));
            Assert.Contains(documents.Contains(route) ? "no-cache" : "no-store",
                $"{(await browser.GoAsync(PathOf(route), Ct)).Response.Headers.CacheControl}", StringComparison.Ordinal);
        }
    }

    private static string Spelling(string route) => "/" + route.TrimStart('/');

    private static string PathOf(string route) =>
        route.Replace("{id}", "some-id", StringComparison.Ordinal).Replace("{act}", "disable", StringComparison.Ordinal);
}

file static class Uris
{
    public static string PathAndQuery(this Uri uri) => uri.IsAbsoluteUri ? uri.PathAndQuery : uri.OriginalString;
}
