using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace KubeIdP.Server.Shared;

/// <summary>The languages of the pages. A browser chooses by <c>Accept-Language</c> and by nothing else; whoever wants neither reads English.</summary>
internal static class Languages
{
    /// <summary>Nobody reads more languages than that; each costs a search.</summary>
    private const int MaxAccepted = 20;

    public static readonly CultureInfo Default = CultureInfo.GetCultureInfo("en");

    public static readonly IReadOnlyList<CultureInfo> All = [Default, CultureInfo.GetCultureInfo("de")];

    /// <summary>In which texts are read, and dates and numbers written for people, here and now.</summary>
    public static CultureInfo Current => CultureInfo.CurrentUICulture;

    /// <summary>Of the page that answers this request, as BCP 47 names it.</summary>
    public static string Of(HttpContext http) => (http.Features.Get<IRequestCultureFeature>()?.RequestCulture.UICulture ?? Default).Name;

    /// <summary>
    /// Commands, logs, protocol answers and whatever runs in the background speak English, wherever the server stands. Only <see cref="UseLanguages"/>
    /// changes the language, for one request.
    /// </summary>
    public static void UseDefault() => CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = Default;

    public static IApplicationBuilder UseLanguages(this IApplicationBuilder app) => app.UseRequestLocalization(new RequestLocalizationOptions
    {
        // The language of texts alone: what is formatted for programs must not change with who asks.
        DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, Default),
        SupportedCultures = [CultureInfo.InvariantCulture],
        SupportedUICultures = [.. All],

        // Neither the query nor a cookie, as the framework would: a link must not choose for its reader.
        RequestCultureProviders = [new CustomRequestCultureProvider(http => Task.FromResult(AcceptedBy(http.Request)))],
    });

    /// <summary>RFC 9110 §12.5.4: the best first, and what has the weight 0 not at all.</summary>
    private static ProviderCultureResult? AcceptedBy(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptLanguage.Where(language => language.Quality != 0).OrderByDescending(language => language.Quality ?? 1);
        return accepted.Take(MaxAccepted).Select(language => language.Value).ToList() is { Count: > 0 } names ? new ProviderCultureResult(names) : null;
    }
}
