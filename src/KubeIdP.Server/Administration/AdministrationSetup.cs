namespace KubeIdP.Server.Administration;

/// <summary>
/// What administrators do, whoever asks for it: the pages, the API, a command. Who they are is here as well (<see cref="AdminAccess"/>);
/// how they are asked is the callers' business.
/// </summary>
internal static class AdministrationSetup
{
    public static IServiceCollection AddAdministration(this IServiceCollection services) =>
        services.AddScoped<PersonAdministration>().AddSingleton<SessionAdministration>();
}
