using KubeIdP.Data.Jobs;

namespace KubeIdP.Server.Freshness;

/// <summary>
/// Keeps people up to date with their directory: look-ups, which are shared and cached, and the nightly search for leavers.
/// </summary>
internal static class FreshnessSetup
{
    public static IServiceCollection AddFreshness(this IServiceCollection services) => services
        .AddSingleton<SharedLookups>()
        .AddSingleton<RecentAnswers>();

    /// <summary>Registers what only a running server does: the look-ups of refreshes, and the nightly search.</summary>
    public static IServiceCollection AddPersonFreshness(this IServiceCollection services) => services
        .AddSingleton<PersonFreshness>()
        .AddSingleton<NightlyJobStore>()
        .AddSingleton<LeaversSearch>()
        .AddHostedService(provider => provider.GetRequiredService<LeaversSearch>());
}
