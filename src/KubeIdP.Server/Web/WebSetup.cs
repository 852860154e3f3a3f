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
/// The common parts of all pages: layout, stylesheet, language, headers, the antiforgery check, handling each form once (<see
/// cref="SentForms"/>), and <see cref="MessagePage"/>. It does not know the pages of the features: they add their links to the navigation
/// (<see cref="INavigation"/>).
/// </summary>
internal static class WebSetup
{
    /// <summary>The maximum size of a form. A larger body is refused before it is read.</summary>
    private const int MaxFormBytes = 64 * 1024;
    private const int MaxFormFields = 64;

    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddSingleton<Stylesheet>();
        services.AddSingleton<CopyScript>();
        services.AddSingleton<SentFormStore>();
        services.AddSingleton<SentForms>();

        // Pages are UTF-8, so only characters with a meaning in HTML are escaped.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));

        // Pages are in the folders of their features.
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/";
            pages.Conventions.ConfigureFilter(new RequestSizeLimitAttribute(MaxFormBytes));
            pages.Conventions.ConfigureFilter(
                new RequestFormLimitsAttribute { ValueCountLimit = MaxFormFields, BufferBodyLengthLimit = MaxFormBytes });
            pages.Conventions.ConfigureFilter(new ForgedFormPage());

            // Runs outside of the text checks, because a refused text is a response too.
            pages.Conventions.ConfigureFilter(new ServiceFilterAttribute(typeof(SentForms)) { IsReusable = true });
            pages.Conventions.ConfigureFilter(new BoundTextCheck());
        }).AddApplicationPart(typeof(WebSetup).Assembly).ConfigureApplicationPartManager(WithoutControllers);

        services.AddSameOriginForms().AddOptions<AntiforgeryOptions>().Configure<IssuerUrl>((forms, issuer) =>
        {
            forms.Cookie.Name = CookieShape.Name(issuer, "csrf");
            forms.Cookie.SecurePolicy = CookieSecurePolicy.Always;

            // Lax: a terminal opens the page from outside, and the forms of other tabs must stay valid.
            forms.Cookie.SameSite = SameSiteMode.Lax;
            forms.Cookie.Path = "/";
            forms.SuppressXFrameOptionsHeader = true; // frame-ancestors is stricter.
        });
        return services;
    }

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.UseMiddleware<SecurityHeaders>();

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Stylesheet.Path, [HttpMethods.Get, HttpMethods.Head], (HttpContext http, Stylesheet sheet) => sheet.Serve(http));
        routes.MapMethods(CopyScript.Path, [HttpMethods.Get, HttpMethods.Head],
            (HttpContext http, CopyScript script) => script.Serve(http));
        routes.MapMethods(ForgedFormPage.Path, [HttpMethods.Get, HttpMethods.Head], () => ForgedFormPage.Page);
        routes.MapMethods(SentForms.UnfinishedPath, [HttpMethods.Get, HttpMethods.Head], () => SentForms.Unfinished);
        routes.MapMethods(FailedForms.Path, [HttpMethods.Get, HttpMethods.Head],
            (HttpContext http, FailedForms forms) => forms.ShowAsync(http));
        routes.MapRazorPages();
    }

    /// <summary>There are none. Searching for them would load all types of this program and their base assemblies.</summary>
    private static void WithoutControllers(ApplicationPartManager parts)
    {
        foreach (var provider in parts.FeatureProviders.OfType<ControllerFeatureProvider>().ToList())
            parts.FeatureProviders.Remove(provider);
    }
}
