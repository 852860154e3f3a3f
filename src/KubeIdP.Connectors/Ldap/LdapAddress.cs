using System.Globalization;
using System.Net;
using KubeIdP.Ldap;

namespace KubeIdP.Connectors.Ldap;

/// <summary>A server as the configuration names it.</summary>
internal sealed record LdapAddress(string Host, int Port, bool IsTls)
{
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Null when the text is no such URL.</summary>
    public static LdapAddress? Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("ldap" or "ldaps") || uri.Host == ""
            || uri.UserInfo != "" || uri.AbsolutePath is not ("" or "/") || uri.Query != "" || uri.Fragment != "")
            return null;

        var isTls = uri.Scheme == "ldaps";
        return new(uri.IdnHost.Trim('[', ']'), uri.Port > 0 ? uri.Port : isTls ? 636 : 389, isTls);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <exception cref="LdapException">
    /// The CA file can't be used. It is read anew, so that an authority can be replaced while the server runs.
    /// </exception>
    public LdapServer ServerOf(LdapOptions options) =>
        new(Host, Port, Security(options.PlainText), options.CaFile is { } file ? TrustedAuthorities.Load(file) : null);

    public LdapSecurity Security(PlainText plainText)
    {
        if (IsTls) return LdapSecurity.Tls;

        return plainText == PlainText.Everywhere || (plainText == PlainText.OnLoopback && IsLoopback)
            ? LdapSecurity.Plain
            : LdapSecurity.StartTls;
    }
}
