using System.Globalization;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Sessions;

/// <summary>The redirect to the login from a page that needs a session. Authorize handles it.</summary>
internal static class SignInRedirect
{
    public const string Path = "/sign-in";

    public const string Return = "return";
    public const string MaxAge = "max_age";

    /// <summary>
    /// The maximum length in characters. The address is part of the addresses of the login's pages: even with each character encoded, it
    /// fits into a request line of 8 KiB, which nginx accepts; and into the 3 KiB of the cookie of a login at an upstream. A link to one
    /// kubeconfig for 50 clusters with names of 30 characters is shorter.
    /// </summary>
    public const int MaxReturnLength = 2_048;

    /// <param name="page">
    /// The page to return to: a path of this server; its query is dropped if it is too long (<see cref="IsTooLong"/>).
    /// </param>
    /// <param name="maxAge">The maximum time since a second factor was proven; null: any time in the session.</param>
    public static SeeOther For(string page, TimeSpan? maxAge = null) =>
        new($"~{Path}{QueryOf(IsTooLong(page) ? page.Split('?')[0] : page, maxAge)}");

    /// <summary>Whether the login would not come back to this page with its query.</summary>
    public static bool IsTooLong(string page) => page.Length > MaxReturnLength;

    /// <summary>Beginning with "?".</summary>
    public static string QueryOf(string page, TimeSpan? maxAge) =>
        $"?{Return}={Uri.EscapeDataString(page)}"
        + $"{(maxAge is { } age ? string.Create(CultureInfo.InvariantCulture, $"&{MaxAge}={(long)age.TotalSeconds}") : "")}";
}
