using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>How often somebody may try a secret: password throttle, spray detection, and browsers that are known.</summary>
internal static class ThrottlingSetup
{
    /// <summary>What an administrator's command needs of it as well.</summary>
    public static IServiceCollection AddThrottleReset(this IServiceCollection services) =>
        services.AddSingleton<FailureStore>().AddSingleton<ThrottleKeys>().AddSingleton<ThrottleReset>();

    public static IServiceCollection AddThrottling(this IServiceCollection services) =>
        services.AddSingleton<KnownBrowsers>().AddSingleton<SprayDetection>().AddSingleton<PasswordThrottle>();
}
