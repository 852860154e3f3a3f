using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Administration;

/// <summary>
/// What administrators do, called by the pages, the API and the commands, and who is an administrator (<see cref="AdminAccess"/>). Leaves
/// authentication and presentation to the callers.
/// </summary>
internal static class AdministrationSetup
{
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddSingleton(provider =>
            new Administrators(provider.GetRequiredService<Database>(), GroupsOf(provider.GetRequiredService<AdminOptions>())))
        .AddSingleton<MembershipStore>()
        .AddSingleton<AdminAccess>()
        .AddSingleton<PeopleSearch>()
        .AddSingleton<SessionSearch>()
        .AddSingleton<AuditSearch>()
        .AddScoped<PersonAdministration>()
        .AddSingleton<SessionAdministration>()
        .AddSingleton<DeviceRequestStore>()
        .AddSingleton<DeviceAdministration>();

    private static IReadOnlyList<UpstreamGroup> GroupsOf(AdminOptions admin) =>
        [.. admin.Groups.Select(text => UpstreamGroup.Parse(text)
            ?? throw new ArgumentException($"{text} was not checked.", nameof(admin)))];
}
