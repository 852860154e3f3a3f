using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Sessions;

/// <summary>
/// The browser's side of sessions: the cookie, the base class of pages for signed-in people, and the deletion of old sessions. The
/// statements that open and end sessions are in KubeIdP.Data; other features decide who may sign in, and how.
/// </summary>
internal static class SessionsSetup
{
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<SessionStore>()
        .AddSingleton<GrantStore>()
        .AddSingleton<BulkEnding>()
        .AddSingleton<ReachedClients>()
        .AddSingleton<SessionCookie>();

    public static IServiceCollection AddSessionPruning(this IServiceCollection services) => services.AddHostedService<SessionPruning>();
}
