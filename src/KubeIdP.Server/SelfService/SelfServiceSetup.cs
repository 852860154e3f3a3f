using KubeIdP.Data.Factors;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.SelfService;

/// <summary>
/// What people see and change of their own: sessions, password, authenticators, recovery codes. Looking needs a session of any age, and so does ending one;
/// password and factors are changed only soon after both were proven. How a factor is checked is the business of Factors, how a session is signed out that of Sessions.
/// </summary>
internal static class SelfServiceSetup
{
    /// <summary>How long ago both factors may have been proven by somebody who changes one: a browser left open is not enough.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(15);

    public static IServiceCollection AddSelfService(this IServiceCollection services) =>
        services.AddSingleton<OwnSessionStore>().AddSingleton<OwnFactorStore>().AddSingleton<FactorOffers>().AddSingleton<INavigation>(new NavigationForAll(2, () => Web.Texts.YourAccount, "/account"));
}
