namespace KubeIdP.Server.Branding;

/// <summary>How the pages show whose they are: name, logo, accent colour and a notice. The layout and the stylesheet, which use them, are in Shared.</summary>
internal static class BrandingSetup
{
    public static IServiceCollection AddBranding(this IServiceCollection services) =>
        services.AddSingleton(provider => new Brand(provider.GetRequiredService<BrandOptions>()));

    public static void MapBranding(this IEndpointRouteBuilder routes)
    {
        // Read here, at the start: a logo that goes missing later does not take the pages with it.
        if (routes.ServiceProvider.GetRequiredService<Brand>().Logo is { } logo) routes.MapMethods(Logo.Path, [HttpMethods.Get, HttpMethods.Head], logo.Serve);
    }
}
