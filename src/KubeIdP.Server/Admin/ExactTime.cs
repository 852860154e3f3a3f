using System.Globalization;

namespace KubeIdP.Server.Admin;

/// <summary>A time in the format of logs: to the second, in UTC, the same in every language.</summary>
internal static class ExactTime
{
    public static string Of(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
