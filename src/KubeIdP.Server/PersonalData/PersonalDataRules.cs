using KubeIdP.Data.People;
using KubeIdP.Server.Configuration;

namespace KubeIdP.Server.PersonalData;

internal static class PersonalDataRules
{
    public static IEnumerable<SettingsFault> Check(PersonalDataOptions options)
    {
        if (options.EraseAfter < PersonStore.NameReservation)
            yield return new("personalData.eraseAfter", $"{options.EraseAfter} is less than the time for which the name of somebody who is gone is kept from others.", $"Choose {PersonStore.NameReservation} or more, or remove the key to erase nobody by itself.");
    }
}
