using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;

namespace KubeIdP.Server.Web;

/// <summary>
/// The languages of the pages. The browser chooses with <c>Accept-Language</c>, unless the client requests a language (<c>ui_locales</c>,
/// OpenID Connect Core §3.1.2.1). The default is English.
/// </summary>
internal static class Languages
{
    /// <summary>The maximum of requested languages that are considered, because each costs a search.</summary>
    private const int MaxAccepted = 20;

    /// <summary>The parameter with which a client requests languages: BCP 47 tags, the preferred first.</summary>
    public const string Parameter = "ui_locales";

    public static readonly CultureInfo Default = CultureInfo.GetCultureInfo("en");

    public static readonly IReadOnlyList<CultureInfo> All = [Default, CultureInfo.GetCultureInfo("de")];

    /// <summary>The current language of texts, and of dates and numbers for people.</summary>
    public static CultureInfo Current => CultureInfo.CurrentUICulture;

    /// <summary>The BCP 47 tag of the current page's language.</summary>
    public static string Of(HttpContext http) => (http.Features.Get<IRequestCultureFeature>()?.RequestCulture.UICulture ?? Default).Name;

    /// <summary>
    /// Commands, logs, protocol responses and background jobs use English, whatever the locale of the machine. Only <see
    /// cref="UseLanguages"/> changes the language, for one request.
    /// </summary>
    public static void UseDefault() => CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = Default;

    /// <summary>The first requested language that the pages have; null when there is none.</summary>
    public static CultureInfo? FirstOf(string? locales) => locales?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MaxAccepted)
        .Select(locale =>
            All.FirstOrDefault(language => locale.Equals(language.Name, StringComparison.OrdinalIgnoreCase)
                || locale.StartsWith($"{language.Name}-", StringComparison.OrdinalIgnoreCase)))
        .FirstOrDefault(language => language is not null);

    /// <summary>
    /// Sets the language for the rest of this request, as far as it is awaited from here, when the client has requested one.
    /// </summary>
    public static void Use(HttpContext http, string? locales)
    {
        if (FirstOf(locales) is not { } language) return;

        CultureInfo.CurrentUICulture = language;
        http.Features.Set<IRequestCultureFeature>(
            new RequestCultureFeature(new RequestCulture(CultureInfo.InvariantCulture, language), provider: null));
    }

    /// <summary>The address of a page, with the language that the client has requested.</summary>
    public static string WithLanguage(string page, string? locales) =>
        FirstOf(locales) is { } language ? $"{page}?{Parameter}={language.Name}" : page;

    public static IApplicationBuilder UseLanguages(this IApplicationBuilder app) =>
        app.UseRequestLocalization(new RequestLocalizationOptions
    {
        // Sets only the language of texts: the format of values for programs must not depend on it.
        DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, Default),
        SupportedCultures = [CultureInfo.InvariantCulture],
        SupportedUICultures = [.. All],

        // The parameters and the cookie of the framework are not used: a link must not choose the language of the reader, unless it comes
        // from a client.
        RequestCultureProviders = [new CustomRequestCultureProvider(http => Task.FromResult(AcceptedBy(http.Request)))],
    });

    /// <summary>RFC 9110 §12.5.4: sorted by weight, without languages of weight 0.</summary>
    private static ProviderCultureResult? AcceptedBy(HttpRequest request)
    {
        var asked = FirstOf(request.Query[Parameter].ToString());
        var accepted = request.GetTypedHeaders().AcceptLanguage.Where(language => language.Quality != 0)
            .OrderByDescending(language => language.Quality ?? 1);
        List<StringSegment> names = [.. asked is null ? [] : (StringSegment[])[asked.Name],
            .. accepted.Take(MaxAccepted).Select(language => language.Value)];
        return names.Count > 0 ? new ProviderCultureResult(names) : null;
    }
}
