using System.Globalization;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Sessions;

/// <summary>The redirect to the login from a page that needs a session. Authorize handles it.</summary>
internal static class SignInRedirect
{
    public const string Path = "/sign-in";

    public const string Return = "return";
    public const string MaxAge = "max_age";

    /// <summary>The maximum length in characters, because the address is part of the addresses of the login's pages.</summary>
    public const int MaxReturnLength = 200;

    /// <param name="page">The page to return to: a path of this server; its query is dropped if it is too long.</param>
    /// <param name="maxAge">The maximum time since a second factor was proven; null: any time in the session.</param>
    public static SeeOther For(string page, TimeSpan? maxAge = null) =>
        new($"~{Path}{QueryOf(page.Length > MaxReturnLength ? page.Split('?')[0] : page, maxAge)}");

    /// <summary>Beginning with "?".</summary>
    public static string QueryOf(string page, TimeSpan? maxAge) =>
        $"?{Return}={Uri.EscapeDataString(page)}"
        + $"{(maxAge is { } age ? string.Create(CultureInfo.InvariantCulture, $"&{MaxAge}={(long)age.TotalSeconds}") : "")}";
}
