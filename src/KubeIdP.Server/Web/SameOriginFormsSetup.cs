using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KubeIdP.Server.Web;

internal static class SameOriginFormsSetup
{
    public static IServiceCollection AddSameOriginForms(this IServiceCollection services)
    {
        services.AddAntiforgery();
        var theirs = services.Last(service => service.ServiceType == typeof(IAntiforgery)).ImplementationType!;
        return services.Replace(ServiceDescriptor.Singleton<IAntiforgery>(provider => new SameOriginForms(
            (IAntiforgery)ActivatorUtilities.CreateInstance(provider, theirs),
            provider.GetRequiredService<IOptions<AntiforgeryOptions>>())));
    }
}
