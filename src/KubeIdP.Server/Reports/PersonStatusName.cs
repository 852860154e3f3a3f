using System.Text.Json;
using KubeIdP.Data.People;

namespace KubeIdP.Server.Reports;

/// <summary>A status as files, scripts and commands have it, which is as the API does: notEnrolled.</summary>
internal static class PersonStatusName
{
    public static IEnumerable<string> All => Enum.GetValues<PersonStatus>().Select(Of);

    public static string Of(PersonStatus status) => JsonNamingPolicy.CamelCase.ConvertName($"{status}");

    /// <summary>Null for what is the name of none.</summary>
    public static PersonStatus? Parse(string? name) =>
        Enum.GetValues<PersonStatus>().Where(status => Of(status) == name).Select(status => (PersonStatus?)status).FirstOrDefault();
}
