using KubeIdP.Data.Factors;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Factors.RecoveryCodes;
using KubeIdP.Server.Factors.Totp;

namespace KubeIdP.Server.Factors;

/// <summary>
/// The second factor: proving one, standing in for a lost one, and setting up the first with an administrator's enrolment code. Ends with a
/// proven factor in the login's cookie and the way back to the authorization request. Leaves to Login what was proven first, and to
/// Enrolment who gets a code. Each kind has a folder.
/// </summary>
internal static class FactorsSetup
{
    public static IServiceCollection AddFactors(this IServiceCollection services) => services
        .AddSingleton<FactorKinds>()
        .AddSingleton<FactorCheck>()
        .AddFactorSecrets()
        .AddTotp()
        .AddRecoveryCodes();

    /// <summary>What tells whether the stored factors can be opened, for who asks nothing else of them.</summary>
    public static IServiceCollection AddFactorSecrets(this IServiceCollection services) => services
        .AddSingleton<FactorStore>()
        .AddSingleton<FactorSecrets>()
        .AddTotpSecrets();

    public static IServiceCollection AddFactorKind<TKind>(this IServiceCollection services) where TKind : class, IFactorKind => services
        .AddSingleton<TKind>()
        .AddSingleton<IFactorKind>(provider => provider.GetRequiredService<TKind>())
        .AddSingleton<IFactorPage>(provider => provider.GetRequiredService<TKind>());
}
