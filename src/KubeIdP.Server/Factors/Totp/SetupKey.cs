namespace KubeIdP.Server.Factors.Totp;

/// <summary>What a person is shown of a new authenticator: <c>SetupKey.cshtml</c>.</summary>
/// <param name="Qr">The provisioning address, for a camera.</param>
/// <param name="Secret">The same secret, to be typed.</param>
internal sealed record SetupKey(QrCode Qr, string Secret)
{
    public static SetupKey Of(TotpLabel label, string username, string secret) =>
        new(QrCode.Of(TotpCodes.ProvisioningUri(label, username, secret)), secret);
}
