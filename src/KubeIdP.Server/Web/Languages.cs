using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;

namespace KubeIdP.Server.Web;

/// <summary>
/// The languages of the pages. A browser chooses by <c>Accept-Language</c>, unless the client knows better (<c>ui_locales</c>, OpenID Connect Core §3.1.2.1);
/// whoever wants none of them reads English.
/// </summary>
internal static class Languages
{
    /// <summary>Nobody reads more languages than that; each costs a search.</summary>
    private const int MaxAccepted = 20;

    /// <summary>The parameter by which a client says what the person reads: names of BCP 47, the best first.</summary>
    public const string Parameter = "ui_locales";

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

    /// <summary>The first language that a client asks for and the pages have; null when there is none.</summary>
    public static CultureInfo? FirstOf(string? locales) => locales?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MaxAccepted)
        .Select(locale => All.FirstOrDefault(language => locale.Equals(language.Name, StringComparison.OrdinalIgnoreCase) || locale.StartsWith($"{language.Name}-", StringComparison.OrdinalIgnoreCase)))
        .FirstOrDefault(language => language is not null);

    /// <summary>Has the rest of this request, as far as it is awaited from here, speak the client's choice where there is one.</summary>
    public static void Speak(HttpContext http, string? locales)
    {
        if (FirstOf(locales) is not { } language) return;

        CultureInfo.CurrentUICulture = language;
        http.Features.Set<IRequestCultureFeature>(new RequestCultureFeature(new RequestCulture(CultureInfo.InvariantCulture, language), provider: null));
    }

    /// <summary>The address of a page of ours that goes on in the client's choice.</summary>
    public static string WithLanguage(string page, string? locales) => FirstOf(locales) is { } language ? $"{page}?{Parameter}={language.Name}" : page;

    public static IApplicationBuilder UseLanguages(this IApplicationBuilder app) => app.UseRequestLocalization(new RequestLocalizationOptions
    {
        // The language of texts alone: what is formatted for programs must not change with who asks.
        DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, Default),
        SupportedCultures = [CultureInfo.InvariantCulture],
        SupportedUICultures = [.. All],

        // Not by the framework's own parameters and cookie: a link must not choose for its reader, unless it comes from a client.
        RequestCultureProviders = [new CustomRequestCultureProvider(http => Task.FromResult(AcceptedBy(http.Request)))],
    });

    /// <summary>RFC 9110 §12.5.4: the best first, and what has the weight 0 not at all.</summary>
    private static ProviderCultureResult? AcceptedBy(HttpRequest request)
    {
        var asked = FirstOf(request.Query[Parameter].ToString());
        var accepted = request.GetTypedHeaders().AcceptLanguage.Where(language => language.Quality != 0).OrderByDescending(language => language.Quality ?? 1);
        List<StringSegment> names = [.. asked is null ? [] : (StringSegment[])[asked.Name], .. accepted.Take(MaxAccepted).Select(language => language.Value)];
        return names.Count > 0 ? new ProviderCultureResult(names) : null;
    }
}
