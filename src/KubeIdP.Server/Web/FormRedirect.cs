using System.Text.RegularExpressions;

namespace KubeIdP.Server.Web;

/// <summary>What the policy of this answer allows beside the usual. Without it forms lead to ourselves alone, and no script runs.</summary>
/// <param name="FormAction">Where its forms may lead.</param>
/// <param name="Script">The one script that runs.</param>
internal sealed record PagePolicy(string FormAction, InlineScript? Script = null);

internal static partial class FormRedirect
{
    /// <summary>
    /// Lets the forms of this answer end at the origin of this address. Chromium holds every redirect after a POST against the form's page
    /// (<c>form-action</c>), and after the last step the browser is sent to the client.
    /// </summary>
    public static void AllowFormRedirect(this HttpContext http, string address) => http.Features.Set(new PagePolicy($"'self' {OriginOf(address)}"));

    /// <summary>Lets the one form of this answer lead to this address and nowhere else, and this script send it.</summary>
    public static void AllowFormPost(this HttpContext http, string address, InlineScript script) => http.Features.Set(new PagePolicy(AddressOf(address), script));

    /// <summary>
    /// The origin of an address as a policy can name it (CSP Level 3 §2.3.1). Its grammar has no IPv6 addresses and no underscore: for a host with these it is the
    /// scheme alone. Nothing but an origin or a scheme comes out, for anything more could end the directive and begin another.
    /// </summary>
    public static string OriginOf(string address) =>
        Origin().Match(address) is { Success: true } origin ? origin.Value : address.StartsWith("https:", StringComparison.Ordinal) ? "https:" : "http:";

    /// <summary>With its path as well, as far as that can be told from the policy's own signs; never with its query, which no policy can name.</summary>
    public static string AddressOf(string address) => OriginWithPath().Match(address) is { Success: true } exact ? exact.Groups[1].Value : OriginOf(address);

    private const string OriginPattern = @"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]+)?";

    [GeneratedRegex(@"\A" + OriginPattern + @"(?=[/?]|\z)")]
    private static partial Regex Origin();

    [GeneratedRegex(@"\A(" + OriginPattern + @"(?:/[A-Za-z0-9._~/-]*)?)(?=\?|\z)")]
    private static partial Regex OriginWithPath();
}
