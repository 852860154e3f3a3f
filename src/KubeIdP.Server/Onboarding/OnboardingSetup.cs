using KubeIdP.Data.People;

namespace KubeIdP.Server.Onboarding;

/// <summary>
/// Sets the first password and second factor of an account: with an invitation link, or with the setup link for the first administrator.
/// Both have two pages, and the last form changes everything in one step. Leaves creating invitations to Accounts, and checking codes to
/// Factors.
/// </summary>
internal static class OnboardingSetup
{
    public static IServiceCollection AddOnboarding(this IServiceCollection services) => services
        .AddSingleton<InvitationStore>()
        .AddSingleton<SetupLinkStore>()
        .AddSingleton<SetupLinks>()
        .AddSingleton<SetupThrottle>()
        .AddSingleton<OnboardingCookies>();
}
