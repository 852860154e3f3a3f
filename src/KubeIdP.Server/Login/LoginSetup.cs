namespace KubeIdP.Server.Login;

/// <summary>
/// The password form. It ends with a first proof in the login's cookie and a redirect back to the authorization request, which decides the
/// next step.
/// </summary>
internal static class LoginSetup
{
    public static IServiceCollection AddLogin(this IServiceCollection services) =>
        services.AddSingleton<PasswordTimes>().AddSingleton<FirstProofOutcome>().AddScoped<PasswordCheck>().AddScoped<PasswordLogin>()
            .AddScoped<ProofLinker>()
            .AddHostedService<WarmUp>();
}
