namespace KubeIdP.Server.Hosting;

/// <summary>The one shape of our cookies.</summary>
internal static class CookieShape
{
    /// <summary>What the <c>__Host-</c> prefix demands, and Lax: a link from a terminal or a mail still finds its session, a foreign form does not.</summary>
    public static CookieOptions HostOnly() => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
