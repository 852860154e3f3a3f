using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Admin;

/// <summary>
/// Who administers this server, and the pages on which they do: sessions, people, audit. The pages ask and order; what a change means is decided where
/// the command line asks for it too. How the first administrator comes to be is Onboarding's business.
/// </summary>
internal static class AdminSetup
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services
        .AddSingleton(provider => new Administrators(provider.GetRequiredService<Database>(), GroupsOf(provider.GetRequiredService<AdminOptions>())))
        .AddSingleton<MembershipStore>().AddSingleton<AdminAccess>().AddSingleton<INavigation, AdminNavigation>()
        .AddSingleton<PeopleSearch>().AddSingleton<SessionSearch>().AddSingleton<AuditSearch>();

    public static void MapAdmin(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(AdminPageModel.Root, [HttpMethods.Get, HttpMethods.Head], () => new SeeOther($"~{AdminPageModel.Root}/sessions"));

    private static IReadOnlyList<UpstreamGroup> GroupsOf(AdminOptions admin) =>
        [.. admin.Groups.Select(text => UpstreamGroup.Parse(text) ?? throw new ArgumentException($"{text} was not checked.", nameof(admin)))];
}
