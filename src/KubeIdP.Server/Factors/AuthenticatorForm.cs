namespace KubeIdP.Server.Factors;

/// <summary>What the part of a page shows on which a new authenticator is set up: <c>AuthenticatorForm.cshtml</c>. Posts the field <c>Code</c>.</summary>
/// <param name="Qr">The provisioning address, for a camera.</param>
/// <param name="Secret">The same secret, to be typed.</param>
/// <param name="Action">Where the code goes; "~" is the issuer's path.</param>
/// <param name="Refused">The last code was wrong.</param>
internal sealed record AuthenticatorForm(QrCode Qr, string Secret, string Action, bool Refused)
{
    public static AuthenticatorForm For(TotpLabel label, string username, string secret, string action, bool refused) =>
        new(QrCode.Of(Totp.ProvisioningUri(label, username, secret)), secret, action, refused);
}
