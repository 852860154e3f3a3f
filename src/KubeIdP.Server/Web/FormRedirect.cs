using System.Text.RegularExpressions;

namespace KubeIdP.Server.Web;

internal static partial class FormRedirect
{
    /// <summary>
    /// Allows the forms of this response to be redirected to the origin of this address. Chromium checks every redirect after a POST
    /// against the <c>form-action</c> of the form's page, and the last step redirects to the client.
    /// </summary>
    public static void AllowFormRedirect(this HttpContext http, string address) =>
        http.Features.Set(new PagePolicy($"'self' {OriginOf(address)}"));

    /// <summary>Allows the form of this response to be sent only to this address, and this script to submit it.</summary>
    public static void AllowFormPost(this HttpContext http, string address, InlineScript script) =>
        http.Features.Set(new PagePolicy(AddressOf(address), script.Source));

    /// <summary>
    /// The origin of an address in the grammar of a policy (CSP Level 3 §2.3.1), which has no IPv6 addresses and no underscore: for such a
    /// host the result is only the scheme, and so it is for the scheme of a program on the person's machine. The result is always an origin
    /// or a scheme, because anything more could end the directive and begin another.
    /// </summary>
    public static string OriginOf(string address) =>
        Origin().Match(address) is { Success: true } origin
            ? origin.Value
            : Scheme().Match(address) is { Success: true } scheme ? scheme.Value : "http:";

    /// <summary>
    /// With the path, if it has only characters that are allowed in a policy; never with the query, which a policy can't contain.
    /// </summary>
    public static string AddressOf(string address) =>
        OriginWithPath().Match(address) is { Success: true } exact ? exact.Groups[1].Value : OriginOf(address);

    private const string OriginPattern = @"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]+)?";

    // RFC 8252 §7.1: the reversed name of a domain, so never javascript: or data:.
    [GeneratedRegex(@"\Ahttps:|\A[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+:(?=/|\z)")]
    private static partial Regex Scheme();

    [GeneratedRegex(@"\A" + OriginPattern + @"(?=[/?]|\z)")]
    private static partial Regex Origin();

    [GeneratedRegex(@"\A(" + OriginPattern + @"(?:/[A-Za-z0-9._~/-]*)?)(?=\?|\z)")]
    private static partial Regex OriginWithPath();
}
