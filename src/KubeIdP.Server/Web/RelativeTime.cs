using System.Globalization;

namespace KubeIdP.Server.Web;

/// <summary>Times on pages. Without scripts the time zone of the reader is unknown, so recent times are shown relative to now.</summary>
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

    /// <summary>The exact time, for programs and for tooltips.</summary>
    public static string Exact(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
