using System.Text.Json;

namespace KubeIdP.Core.People;

/// <summary>The name of a status in files, scripts and commands, the same as in the API: notEnrolled.</summary>
public static class PersonStatusName
{
    public static IEnumerable<string> All => Enum.GetValues<PersonStatus>().Select(Of);

    public static string Of(PersonStatus status) => JsonNamingPolicy.CamelCase.ConvertName($"{status}");

    /// <summary>Null when no status has this name.</summary>
    public static PersonStatus? Parse(string? name) =>
        Enum.GetValues<PersonStatus>().Where(status => Of(status) == name).Select(status => (PersonStatus?)status).FirstOrDefault();
}
