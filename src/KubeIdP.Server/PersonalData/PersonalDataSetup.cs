using KubeIdP.Data.People;

namespace KubeIdP.Server.PersonalData;

/// <summary>Exporting and erasing personal data.</summary>
internal static class PersonalDataSetup
{
    public static IServiceCollection AddPersonalData(this IServiceCollection services) => services
        .AddSingleton<PersonErasure>()
        .AddSingleton<PersonalRecords>();

    /// <summary>The jobs of a running server.</summary>
    public static IServiceCollection AddErasure(this IServiceCollection services) => services.AddHostedService<ErasureJob>();
}
