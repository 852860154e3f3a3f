using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.SelfService;

/// <summary>
/// The pages on which people see and change their own sessions, password, factors and recovery codes. Viewing, and ending a session,
/// need a session of any age; changing the password or factors requires that a second factor was verified recently. Leaves checking factors
/// to Factors, and signing out to Logout.
/// </summary>
internal static class SelfServiceSetup
{
    /// <summary>The maximum age of the login of a person who changes a factor, so that an open browser is not enough.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(15);

    public static IServiceCollection AddSelfService(this IServiceCollection services) => services
        .AddSingleton<OwnSessionStore>()
        .AddSingleton<OwnFactorStore>()
        .AddSingleton<FactorOffers>()
        .AddSingleton<INavigation>(new NavigationForAll(2, () => Web.Texts.YourAccount, "/account"));
}
