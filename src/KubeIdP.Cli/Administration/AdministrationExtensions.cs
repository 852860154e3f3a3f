using KubeIdP.Cli.Api;

namespace KubeIdP.Cli.Administration;

internal static class AdministrationExtensions
{
    /// <summary>The person with this user name, also a removed person while the user name is reserved; null when there is nobody.</summary>
    public static async Task<ApiPerson?> PersonOfNameAsync(this IAdministration administration, string name, CancellationToken ct) =>
        (await administration.PeopleAsync(new PeopleQuery { Username = name }, ct)).Items is [var person, ..] ? person : null;
}
