using System.Globalization;
using KubeIdP.Cli.Terminal;

namespace KubeIdP.Cli.Api;

/// <summary>Enrolment codes as CSV for a mail merge (RFC 4180).</summary>
internal static class EnrolmentCsv
{
    public static string Of(IEnumerable<ApiEnrolmentCode> offered) => string.Join('\n',
    [
        "name,upstream,code,expires",
        .. offered.Select(one =>
            $"{Csv.Cell(one.Username)},{one.Upstream},{one.Code},{one.ExpiresAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}"),
    ]);
}
