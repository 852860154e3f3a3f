using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Sessions;

/// <summary>
/// Sessions as browsers and people meet them: the cookie, the base of pages for somebody who is signed in, the removal of what is over. The rows and the statements that open and
/// end them are in KubeIdP.Data. Who may be signed in, and how, is decided elsewhere.
/// </summary>
internal static class SessionsSetup
{
    public static IServiceCollection AddSessions(this IServiceCollection services) =>
        services.AddSingleton<SessionStore>().AddSingleton<GrantStore>().AddSingleton<BulkEnding>().AddSingleton<ReachedClients>().AddSingleton<SessionCookie>();

    public static IServiceCollection AddSessionPruning(this IServiceCollection services) => services.AddHostedService<SessionPruning>();
}
