using KubeIdP.Data.People;

namespace KubeIdP.Server.PersonalData;

/// <summary>What is kept of somebody: handing it out, and forgetting it.</summary>
internal static class PersonalDataSetup
{
    public static IServiceCollection AddPersonalData(this IServiceCollection services) => services.AddSingleton<PersonErasure>().AddSingleton<PersonalRecords>();

    /// <summary>What only a server does.</summary>
    public static IServiceCollection AddErasing(this IServiceCollection services) => services.AddHostedService<Erasing>();
}
