using KubeIdP.Server.Api.Self;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Validation;

namespace KubeIdP.Server.Api;

/// <summary>
/// The administration as JSON under <see cref="ApiScopes.Path"/>: what the pages do, with the same methods, for programs. The list of
/// endpoints is here; the endpoints of each subject are in a file.
/// </summary>
internal static class ApiSetup
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddOpenIddict().AddValidation(validation =>
        {
            validation.UseLocalServer();
            validation.UseAspNetCore();
            validation.UseDataProtection();
        });
        services.AddOptions<OpenIddictValidationOptions>()
            .Configure<IssuerUrl>((options, issuer) =>
                options.Audiences.UnionWith([ApiScopes.Audience(issuer), ApiScopes.SelfAudience(issuer)]));
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiAuthentication>(ApiAuthentication.Name, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, SelfAuthentication>(SelfAuthentication.Name, configureOptions: null);
        services.AddAuthorization();
        return services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
    }

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(ApiScopes.Path).DisableAntiforgery().AddEndpointFilter(ApiText.CheckAsync);
        api.MapApiDocument();
        api.MapSessionsApi();
        api.MapDeviceCodesApi();
        api.MapPeopleApi();
        api.MapAuditApi();
        api.MapReportsApi();
        api.MapClustersApi();
        api.MapKubeconfigApi();
        api.MapSelfApi();
    }
}
