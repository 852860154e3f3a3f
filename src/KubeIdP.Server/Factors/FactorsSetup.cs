using KubeIdP.Data.Factors;
using KubeIdP.Data.People;
using KubeIdP.Server.Branding;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.Factors;

/// <summary>
/// The second factor: proving one, standing in for a lost one, and setting up the first with an administrator's enrolment code. Ends with a proven factor in the login's
/// cookie and the way back to the authorization request. Leaves to Login what was proven first, and to Enrolment who gets a code.
/// </summary>
internal static class FactorsSetup
{
    public static IServiceCollection AddFactors(this IServiceCollection services) =>
        services
            .AddSingleton(provider => TotpLabel.Of(provider.GetRequiredService<IssuerUrl>(), provider.GetRequiredService<BrandOptions>()))
            .AddSingleton<TotpSecrets>()
            .AddSingleton<NewAuthenticator>()
            .AddSingleton<FactorStore>().AddSingleton<RecoveryCodeStore>().AddScoped<FactorCheck>();
}
