using KubeIdP.Data.Jobs;

namespace KubeIdP.Server.Freshness;

/// <summary>How old what we know of a person may be: look-ups at their directory, shared and remembered, and the search for who has left.</summary>
internal static class FreshnessSetup
{
    public static IServiceCollection AddFreshness(this IServiceCollection services) => services.AddSingleton<SharedLookups>().AddSingleton<RecentAnswers>();

    /// <summary>What only a running server does: the look-ups of refreshes, and the nightly search.</summary>
    public static IServiceCollection AddPersonFreshness(this IServiceCollection services) =>
        services.AddSingleton<PersonFreshness>().AddSingleton<NightlyJobStore>().AddSingleton<LeaversSweep>().AddHostedService(provider => provider.GetRequiredService<LeaversSweep>());
}
