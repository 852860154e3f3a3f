namespace KubeIdP.Server.Factors.Totp;

/// <summary>The model of <c>SetupKey.cshtml</c>, which shows a new authenticator.</summary>
/// <param name="Qr">The provisioning URI, to scan.</param>
/// <param name="Secret">The same secret, to type.</param>
internal sealed record SetupKey(QrCode Qr, string Secret)
{
    public static SetupKey Of(TotpLabel label, string username, string secret) =>
        new(QrCode.Of(TotpCodes.ProvisioningUri(label, username, secret)), secret);
}
