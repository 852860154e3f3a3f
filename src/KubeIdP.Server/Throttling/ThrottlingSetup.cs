using KubeIdP.Data.Throttling;

namespace KubeIdP.Server.Throttling;

/// <summary>Limits on guessing passwords: password throttle, spray detection, and known browsers.</summary>
internal static class ThrottlingSetup
{
    /// <summary>Registers what an administrator's command needs.</summary>
    public static IServiceCollection AddThrottleReset(this IServiceCollection services) => services
        .AddSingleton<FailureStore>()
        .AddSingleton<ThrottleKeys>()
        .AddSingleton<ThrottleReset>();

    public static IServiceCollection AddThrottling(this IServiceCollection services) => services
        .AddSingleton<KnownBrowsers>()
        .AddSingleton<SprayDetection>()
        .AddSingleton<PasswordThrottle>()
        .AddSingleton<DeviceCodeThrottle>();
}
