using KubeIdP.Data.Guessing;

namespace KubeIdP.Server.Login;

/// <summary>
/// The password form, and how often somebody may try. Ends with a proven password in the login's cookie and the way back to the authorization
/// request; what comes next is decided there.
/// </summary>
internal static class LoginSetup
{
    public static IServiceCollection AddLogin(this IServiceCollection services) =>
        services.AddSingleton<SprayAlarm>().AddSingleton<GuessGate>().AddSingleton<PasswordTimes>().AddScoped<PasswordLogin>()
            .AddHostedService<WarmUp>();

    /// <summary>What an administrator's command needs of it as well.</summary>
    public static IServiceCollection AddGuessing(this IServiceCollection services) =>
        services.AddSingleton<FailureStore>().AddSingleton<GuessKeys>().AddSingleton<GuessUnlock>();
}
