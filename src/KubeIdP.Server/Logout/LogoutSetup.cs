using KubeIdP.Server.Web;

namespace KubeIdP.Server.Logout;

/// <summary>Ending the session of a browser: OpenID Connect RP-Initiated Logout, and the page where a person signs out.</summary>
internal static class LogoutSetup
{
    public static IServiceCollection AddLogout(this IServiceCollection services) => services
        .AddSingleton<LogoutEndpoint>()
        .AddSingleton<INavigation>(new NavigationForAll(4, () => Web.Texts.SignOut, "/logout"));

    public static void MapLogout(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(LogoutEndpoint.Path, [HttpMethods.Get, HttpMethods.Post],
            (HttpContext http, LogoutEndpoint endpoint, CancellationToken ct) => endpoint.HandleAsync(http, ct))
            .DisableAntiforgery();
}
