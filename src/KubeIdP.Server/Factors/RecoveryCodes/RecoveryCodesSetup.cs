using KubeIdP.Data.Factors;

namespace KubeIdP.Server.Factors.RecoveryCodes;

/// <summary>Recovery codes: the page that takes one, and the creation of sets.</summary>
internal static class RecoveryCodesSetup
{
    public static IServiceCollection AddRecoveryCodes(this IServiceCollection services) => services
        .AddSingleton<RecoveryCodeStore>()
        .AddFactorKind<RecoveryCodeFactor>();
}
