using KubeIdP.Data.People;

namespace KubeIdP.Server.Onboarding;

/// <summary>
/// How an account gets its first password and second factor: by an invitation link, and by the setup link that makes the first administrator. Both
/// are two pages whose last form changes everything in one step. Leaves to Accounts who is invited, and to Factors how a code is checked.
/// </summary>
internal static class OnboardingSetup
{
    public static IServiceCollection AddOnboarding(this IServiceCollection services) => services
        .AddSingleton<InvitationStore>().AddSingleton<SetupLinkStore>().AddSingleton<SetupLinks>().AddSingleton<SetupThrottle>().AddSingleton<OnboardingCookies>();
}
