using System.Globalization;

namespace KubeIdP.Server.Web;

/// <summary>Moments on pages without scripts: nobody knows the reader's time zone, so what is near is told by its distance.</summary>
internal static class RelativeTime
{
    public static string Ago(DateTimeOffset moment, DateTimeOffset now) => (now - moment) switch
    {
        { TotalMinutes: < 1 } => Texts.JustNow,
        { TotalMinutes: < 2 } => Texts.AMinuteAgo,
        { TotalHours: < 1 } distance => Texts.MinutesAgo.With((int)distance.TotalMinutes),
        { TotalHours: < 2 } => Texts.AnHourAgo,
        { TotalDays: < 2 } distance => Texts.HoursAgo.With((int)distance.TotalHours),
        _ => Texts.OnDate.With(Date(moment)),
    };

    public static string Date(DateTimeOffset moment) => moment.UtcDateTime.ToString(Texts.DateFormat, Languages.Current);

    /// <summary>For machines, and for those who want to know exactly.</summary>
    public static string Exact(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
