namespace KubeIdP.Server.Shared;

/// <summary>
/// The one foreign origin to which the forms of this answer may lead. Chromium holds every redirect after a POST against the form's page
/// (<c>form-action</c>), and after the last step the browser is sent to the client.
/// </summary>
internal sealed record FormRedirect(string Origin);

internal static class FormRedirectFeature
{
    /// <summary>Allows it for this answer; without a call forms lead to ourselves alone.</summary>
    public static void AllowFormRedirect(this HttpContext http, string origin)
    {
        // Anything more than an origin could end the directive and begin another.
        if (!IsOrigin(origin)) throw new ArgumentException("Not an origin.", nameof(origin));
        http.Features.Set(new FormRedirect(origin));
    }

    public static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0 && uri.IdnHost.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '[' or ']' or ':')
        && origin == uri.GetLeftPart(UriPartial.Authority);
}
