using KubeIdP.Data.People;

namespace KubeIdP.Server.Factors;

/// <summary>
/// The second factor: proving one, standing in for a lost one, and setting up the first with an administrator's enrolment code. Ends with a proven factor in the login's
/// cookie and the way back to the authorization request. Leaves to Login how the password was checked, and to Directories who gets a code.
/// </summary>
internal static class FactorsSetup
{
    /// <param name="services">Where the rooms are listed.</param>
    /// <param name="issuer">This server's public URL. Its host tells one entry of an authenticator app from another.</param>
    public static IServiceCollection AddFactors(this IServiceCollection services, string issuer) =>
        services.AddSingleton(new TotpLabel(new Uri(issuer).Host)).AddSingleton<TotpSecrets>().AddSingleton<NewAuthenticator>()
            .AddSingleton<FactorStore>().AddSingleton<RecoveryCodeStore>().AddScoped<FactorCheck>().AddHostedService<OpenEnrolmentNotice>();
}
