using KubeIdP.Data.Factors;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Factors.Totp;

/// <summary>Authenticator apps (RFC 6238): the page that takes a code, the view of a new authenticator, and the secrets.</summary>
internal static class TotpSetup
{
    public static IServiceCollection AddTotp(this IServiceCollection services) => services
        .AddSingleton(provider => TotpLabel.Of(provider.GetRequiredService<IssuerUrl>(), provider.GetRequiredService<BrandOptions>()))
        .AddSingleton<TotpStore>()
        .AddFactorKind<TotpFactor>();

    /// <summary>Only the services that open the secrets, which need nothing but the keys.</summary>
    public static IServiceCollection AddTotpSecrets(this IServiceCollection services) => services
        .AddSingleton<TotpSecrets>()
        .AddSingleton<IFactorSecrets>(provider => provider.GetRequiredService<TotpSecrets>());
}
