using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Administration;

/// <summary>
/// Who administers this server (<see cref="AdminAccess"/>), what they find, and what they do, whether a page, the API or a command asks. How the first
/// administrator comes to be is a matter of Onboarding.
/// </summary>
internal static class AdministrationSetup
{
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddSingleton(provider => new Administrators(provider.GetRequiredService<Database>(), GroupsOf(provider.GetRequiredService<AdminOptions>())))
        .AddSingleton<MembershipStore>().AddSingleton<AdminAccess>()
        .AddSingleton<PeopleSearch>().AddSingleton<SessionSearch>().AddSingleton<AuditSearch>()
        .AddScoped<PersonAdministration>().AddSingleton<SessionAdministration>();

    private static IReadOnlyList<UpstreamGroup> GroupsOf(AdminOptions admin) =>
        [.. admin.Groups.Select(text => UpstreamGroup.Parse(text) ?? throw new ArgumentException($"{text} was not checked.", nameof(admin)))];
}
