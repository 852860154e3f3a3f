using KubeIdP.Data.People;
using KubeIdP.Server.Api;

namespace KubeIdP.Server.Commands.Administration;

internal static class AdministrationExtensions
{
    /// <summary>The person with this user name, also a removed person while the user name is reserved; null when there is nobody.</summary>
    public static async Task<ApiPerson?> PersonOfNameAsync(this IAdministration administration, string name, CancellationToken ct) =>
        (await administration.PeopleAsync(new PeopleFilter { Username = name }, ct)).Rows is [var person, ..] ? person : null;
}
