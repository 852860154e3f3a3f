using KubeIdP.Server.Web;

namespace KubeIdP.Server.Admin;

/// <summary>
/// The pages of the administration: sessions, people, audit, reports. They ask for input and call Administration, as the API and the
/// commands do. Leaves the first administrator to Onboarding.
/// </summary>
internal static class AdminSetup
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services.AddSingleton<INavigation, AdminNavigation>();

    public static void MapAdmin(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(AdminPageModel.Root, [HttpMethods.Get, HttpMethods.Head], () => new SeeOther($"~{AdminPageModel.Root}/sessions"));
}
