using KubeIdP.Data.People;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Authorize;

/// <summary>
/// From an authorization request to a code: the endpoint, the decision about the next step, the state of a login in its browser, and the
/// page that asks before a session is used again. Leaves the first proof to Login and the second factor to Factors.
/// </summary>
internal static class AuthorizeSetup
{
    public static IServiceCollection AddAuthorize(this IServiceCollection services)
    {
        services.AddOpenIddict().AddServer(server => server
            .RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.Authentication.ProcessFormPostResponse.Descriptor)
            .AddEventHandler<ApplyAuthorizationResponseContext>(handler => handler
                .UseSingletonHandler<FormPost>()
                .SetOrder(OpenIddictServerAspNetCoreHandlers.Authentication.ProcessFormPostResponse.Descriptor.Order)));
        return services
            .AddSingleton<LoginCookies>()
            .AddSingleton<CarriedRequest>()
            .AddSingleton<PasswordStampStore>()
            .AddSingleton<LoginCompletion>()
            .AddSingleton<CodePrecheck>()
            .AddSingleton<StepPages>()
            .AddSingleton<AuthorizeEndpoint>()
            .AddSingleton<SignInEndpoint>();
    }

    /// <summary>Must run before anything reads the parameters of a request.</summary>
    public static IApplicationBuilder UseCarriedRequests(this IApplicationBuilder app) =>
        app.Use(next => http => http.RequestServices.GetRequiredService<CarriedRequest>().ApplyAsync(http, next));

    public static void MapAuthorize(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(AuthorizeEndpoint.Path, [HttpMethods.Get, HttpMethods.Post],
            (HttpContext http, AuthorizeEndpoint endpoint, CancellationToken ct) => endpoint.HandleAsync(http, ct))
            .DisableAntiforgery();
        routes.MapMethods(SignInEndpoint.Path, [HttpMethods.Get, HttpMethods.Head],
            (HttpContext http, SignInEndpoint endpoint, CancellationToken ct) => endpoint.HandleAsync(http, ct));
    }
}
