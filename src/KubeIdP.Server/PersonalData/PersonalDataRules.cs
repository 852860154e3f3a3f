using KubeIdP.Data.People;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.PersonalData;

internal static class PersonalDataRules
{
    public static IEnumerable<SettingsFault> Check(PersonalDataOptions options)
    {
        if (options.EraseAfter < PersonStore.NameReservation)
            yield return new("personalData.eraseAfter",
                $"{options.EraseAfter} is shorter than the reservation of the user names of removed people.",
                $"Choose {PersonStore.NameReservation} or more, or remove the key to disable automatic erasure.");
    }
}
