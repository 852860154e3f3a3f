using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Factors.RecoveryCodes;
using KubeIdP.Server.Factors.Totp;

namespace KubeIdP.Server.Factors;

/// <summary>
/// The second factor: verifying one, using a recovery code for a lost one, and setting up the first with an administrator's enrolment code.
/// It ends with a verified factor in the login's cookie and a redirect back to the authorization request. Leaves the first proof to Login,
/// and enrolment codes to Enrolment. Each kind has a folder.
/// </summary>
internal static class FactorsSetup
{
    public static IServiceCollection AddFactors(this IServiceCollection services) => services
        .AddSingleton<FactorKinds>()
        .AddSingleton<FactorCheck>()
        .AddFactorSecrets()
        .AddTotp()
        .AddRecoveryCodes();

    /// <summary>Only the services that check whether the stored secrets can be opened.</summary>
    public static IServiceCollection AddFactorSecrets(this IServiceCollection services) => services
        .AddSingleton<FactorStore>()
        .AddSingleton<FactorSecrets>()
        .AddTotpSecrets();

    public static IServiceCollection AddFactorKind<TKind>(this IServiceCollection services) where TKind : class, IFactorKind => services
        .AddSingleton<TKind>()
        .AddSingleton<IFactorKind>(provider => provider.GetRequiredService<TKind>())
        .AddSingleton<IFactorPage>(provider => provider.GetRequiredService<TKind>());
}
