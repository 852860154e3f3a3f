using KubeIdP.Server.Branding;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Factors.Totp;

/// <summary>The label under which an authenticator app stores the secrets of this server.</summary>
internal sealed record TotpLabel(string Issuer)
{
    /// <summary>
    /// The brand name, with the address of the server in brackets: apps treat an entry with the same label and user name as the same entry,
    /// and replace it. Without a colon, which would end the label.
    /// </summary>
    public static TotpLabel Of(IssuerUrl issuer, BrandOptions brand)
    {
        var url = issuer.Uri;
        var name = brand.Name.Replace(":", "", StringComparison.Ordinal);
        return new TotpLabel($"{name} ({url.Authority.Replace(':', ' ')}{url.AbsolutePath.TrimEnd('/')})");
    }
}
