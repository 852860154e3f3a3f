namespace KubeIdP.Cli.Network;

/// <summary>The address of an issuer (OpenID Connect Discovery §3), which is compared byte for byte and never changed.</summary>
internal static class IssuerUrl
{
    /// <exception cref="Misuse">It is none.</exception>
    public static string Checked(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0
            && !text.Contains('?', StringComparison.Ordinal) && !text.Contains('#', StringComparison.Ordinal)
            ? text
            : throw new Misuse($"{text} is no issuer: it must be an https URL without a query, such as https://idp.example.com.");

    /// <summary>An address below the issuer.</summary>
    /// <param name="path">Begins with a slash.</param>
    public static Uri Below(string issuer, string path) => new(issuer.TrimEnd('/') + path);
}
