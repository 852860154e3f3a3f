namespace KubeIdP.Server.Login;

/// <summary>
/// The password form. Ends with a proven password in the login's cookie and the way back to the authorization
/// request; what comes next is decided there.
/// </summary>
internal static class LoginSetup
{
    public static IServiceCollection AddLogin(this IServiceCollection services) =>
        services.AddSingleton<PasswordTimes>().AddScoped<PasswordLogin>()
            .AddHostedService<WarmUp>();
}
