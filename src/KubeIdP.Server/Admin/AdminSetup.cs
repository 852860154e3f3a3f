using KubeIdP.Server.Web;

namespace KubeIdP.Server.Admin;

/// <summary>
/// The administration's pages: sessions, people, audit log, reports. The pages ask and show; who may do it and what is done is decided in Administration, which
/// the API and the command line use too.
/// </summary>
internal static class AdminSetup
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services.AddSingleton<INavigation, AdminNavigation>();

    public static void MapAdmin(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(AdminPageModel.Root, [HttpMethods.Get, HttpMethods.Head], () => new SeeOther($"~{AdminPageModel.Root}/sessions"));
}
