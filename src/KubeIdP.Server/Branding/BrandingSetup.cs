namespace KubeIdP.Server.Branding;

/// <summary>
/// The branding of the pages: name, logo, accent colour and a notice. The layout and the stylesheet, which use them, are in Web.
/// </summary>
internal static class BrandingSetup
{
    public static IServiceCollection AddBranding(this IServiceCollection services) =>
        services.AddSingleton(provider => new Brand(provider.GetRequiredService<BrandOptions>()));

    public static void MapBranding(this IEndpointRouteBuilder routes)
    {
        // Read here, at the start, so that pages still work if the file is deleted later.
        if (routes.ServiceProvider.GetRequiredService<Brand>().Logo is { } logo)
            routes.MapMethods(Logo.Path, [HttpMethods.Get, HttpMethods.Head], logo.Serve);
    }
}
