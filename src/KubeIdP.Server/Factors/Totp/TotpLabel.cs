using KubeIdP.Server.Branding;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Factors.Totp;

/// <summary>Under which name an authenticator app files our secrets.</summary>
internal sealed record TotpLabel(string Issuer)
{
    /// <summary>
    /// The name on our pages, and in brackets where they are: apps take an entry of the same label and user name for the same one, and
    /// replace it. No colon, which ends the label.
    /// </summary>
    public static TotpLabel Of(IssuerUrl issuer, BrandOptions brand)
    {
        var url = issuer.Uri;
        var name = brand.Name.Replace(":", "", StringComparison.Ordinal);
        return new TotpLabel($"{name} ({url.Authority.Replace(':', ' ')}{url.AbsolutePath.TrimEnd('/')})");
    }
}
