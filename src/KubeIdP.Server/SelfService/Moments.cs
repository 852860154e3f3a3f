using System.Globalization;

namespace KubeIdP.Server.SelfService;

/// <summary>Moments on pages without scripts: nobody knows the reader's time zone, so what is near is told by its distance.</summary>
internal static class Moments
{
    public static string Ago(DateTimeOffset moment, DateTimeOffset now) => (now - moment) switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalMinutes: < 2 } => "a minute ago",
        { TotalHours: < 1 } distance => string.Create(CultureInfo.InvariantCulture, $"{(int)distance.TotalMinutes} minutes ago"),
        { TotalHours: < 2 } => "an hour ago",
        { TotalDays: < 2 } distance => string.Create(CultureInfo.InvariantCulture, $"{(int)distance.TotalHours} hours ago"),
        _ => $"on {Date(moment)}",
    };

    public static string Date(DateTimeOffset moment) => moment.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>For machines, and for those who want to know exactly.</summary>
    public static string Exact(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
