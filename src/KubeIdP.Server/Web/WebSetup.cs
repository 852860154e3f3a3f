using System.Text.Encodings.Web;
using System.Text.Unicode;
using KubeIdP.Data.Forms;
using KubeIdP.Server.Configuration;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.WebEncoders;

namespace KubeIdP.Server.Web;

/// <summary>
/// What all pages have in common: layout, stylesheet, language, headers, the check against forged forms, that each form is answered once (<see cref="SentForms"/>), and <see cref="MessagePage"/> for whoever has to
/// say what happened. Knows nothing of what the pages are for: features contribute their ways to the navigation (<see cref="INavigation"/>).
/// </summary>
internal static class WebSetup
{
    /// <summary>No form of ours is larger. A body is refused before it is read.</summary>
    private const int MaxFormBytes = 64 * 1024;
    private const int MaxFormFields = 64;

    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddSingleton<Stylesheet>().AddSingleton<SentFormStore>().AddSingleton<SentForms>();

        // Pages are UTF-8: only what has a meaning in HTML is written as an entity.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));

        // Pages live in the folders of their features.
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/";
            pages.Conventions.ConfigureFilter(new RequestSizeLimitAttribute(MaxFormBytes));
            pages.Conventions.ConfigureFilter(new RequestFormLimitsAttribute { ValueCountLimit = MaxFormFields, BufferBodyLengthLimit = MaxFormBytes });
            pages.Conventions.ConfigureFilter(new ForgedFormPage());

            // Outside of what refuses a text: that is an answer too.
            pages.Conventions.ConfigureFilter(new ServiceFilterAttribute(typeof(SentForms)) { IsReusable = true });
            pages.Conventions.ConfigureFilter(new BoundTextCheck());
        }).AddApplicationPart(typeof(WebSetup).Assembly).ConfigureApplicationPartManager(WithoutControllers);

        services.AddSameOriginForms().AddOptions<AntiforgeryOptions>().Configure<IssuerUrl>((forms, issuer) =>
        {
            forms.Cookie.Name = CookieShape.Name(issuer, "csrf");
            forms.Cookie.SecurePolicy = CookieSecurePolicy.Always;

            // Lax: a terminal opens the page from outside, and other tabs' forms must survive that.
            forms.Cookie.SameSite = SameSiteMode.Lax;
            forms.Cookie.Path = "/";
            forms.SuppressXFrameOptionsHeader = true; // frame-ancestors says it more strictly.
        });
        return services;
    }

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.UseMiddleware<SecurityHeaders>();

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Stylesheet.Path, [HttpMethods.Get, HttpMethods.Head], (HttpContext http, Stylesheet sheet) => sheet.Serve(http));
        routes.MapMethods(ForgedFormPage.Path, [HttpMethods.Get, HttpMethods.Head], () => ForgedFormPage.Page);
        routes.MapMethods(SentForms.UnfinishedPath, [HttpMethods.Get, HttpMethods.Head], () => SentForms.Unfinished);
        routes.MapMethods(FailedForms.Path, [HttpMethods.Get, HttpMethods.Head], (HttpContext http, FailedForms forms) => forms.ShowAsync(http));
        routes.MapRazorPages();
    }

    /// <summary>There are none. To look for them would load every type of this program, and the assemblies of whatever they derive from.</summary>
    private static void WithoutControllers(ApplicationPartManager parts)
    {
        foreach (var provider in parts.FeatureProviders.OfType<ControllerFeatureProvider>().ToList()) parts.FeatureProviders.Remove(provider);
    }
}
