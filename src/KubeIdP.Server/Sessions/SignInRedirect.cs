using System.Globalization;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Sessions;

/// <summary>Where a page of ours sends somebody who must sign in first. What happens there is the business of Authorize.</summary>
internal static class SignInRedirect
{
    public const string Path = "/sign-in";

    public const string Return = "return";
    public const string MaxAge = "max_age";

    /// <summary>In characters: the address waits in those of the pages of the login.</summary>
    public const int MaxReturnLength = 200;

    /// <param name="page">The page to come back to; a path of ours, whose query is given up when it is too long to be kept.</param>
    /// <param name="maxAge">How long ago they may have proven both factors; null: any time in the session.</param>
    public static SeeOther For(string page, TimeSpan? maxAge = null) => new($"~{Path}{QueryOf(page.Length > MaxReturnLength ? page.Split('?')[0] : page, maxAge)}");

    /// <summary>Beginning with "?".</summary>
    public static string QueryOf(string page, TimeSpan? maxAge) =>
        $"?{Return}={Uri.EscapeDataString(page)}{(maxAge is { } age ? string.Create(CultureInfo.InvariantCulture, $"&{MaxAge}={(long)age.TotalSeconds}") : "")}";
}
