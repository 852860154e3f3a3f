using KubeIdP.Core.Upstreams;
using KubeIdP.Data.People;
using KubeIdP.Data.Storage;

namespace KubeIdP.Server.Admin;

/// <summary>Who administers this server. How the first of them comes to be is Onboarding's business; what each can see and do, the rooms' own.</summary>
internal static class AdminSetup
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services.AddSingleton(provider =>
        new Administrators(provider.GetRequiredService<Database>(), GroupsOf(provider.GetRequiredService<Settings>().Admin)));

    private static IReadOnlyList<UpstreamGroup> GroupsOf(AdminOptions admin) =>
        [.. admin.Groups.Select(text => UpstreamGroup.Parse(text) ?? throw new ArgumentException($"{text} was not checked.", nameof(admin)))];
}
