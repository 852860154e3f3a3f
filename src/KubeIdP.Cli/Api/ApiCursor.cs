using System.Globalization;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Api;

/// <summary>
/// The cursor after a row, as the server makes those of whole pages: for a list that ends within a page, because more was not asked for.
/// </summary>
internal static class ApiCursor
{
    public static string After(ApiAuditEvent row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.At.ToUnixTimeMilliseconds()}-{row.Id}");

    public static string After(ApiSession row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.EndsAt.ToUnixTimeMilliseconds()}-{row.Id}");

    public static string After(ApiPerson row) => UserName.Normalize(row.Username);
}
