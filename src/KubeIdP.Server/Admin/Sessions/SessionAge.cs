namespace KubeIdP.Server.Admin.Sessions;

/// <summary>The choices of the filter for the time since the login.</summary>
internal enum SessionAge
{
    LastHour,
    LastEightHours,
    LastDay,
    OverEightHours,
    OverDay,
    OverWeek,
}

internal static class SessionAges
{
    /// <summary>The range of login times; null: unbounded.</summary>
    public static (DateTimeOffset? Since, DateTimeOffset? Until) BoundsOf(SessionAge? age, DateTimeOffset now) => age switch
    {
        null => (null, null),
        SessionAge.LastHour => (now - TimeSpan.FromHours(1), null),
        SessionAge.LastEightHours => (now - TimeSpan.FromHours(8), null),
        SessionAge.LastDay => (now - TimeSpan.FromDays(1), null),
        SessionAge.OverEightHours => (null, now - TimeSpan.FromHours(8)),
        SessionAge.OverDay => (null, now - TimeSpan.FromDays(1)),
        SessionAge.OverWeek => (null, now - TimeSpan.FromDays(7)),
        _ => throw new InvalidOperationException("An age of an unknown kind."),
    };

    public static string WordsOf(SessionAge age) => age switch
    {
        SessionAge.LastHour => Texts.LastHour,
        SessionAge.LastEightHours => Texts.LastEightHours,
        SessionAge.LastDay => Texts.LastDay,
        SessionAge.OverEightHours => Texts.OverEightHours,
        SessionAge.OverDay => Texts.OverDay,
        SessionAge.OverWeek => Texts.OverWeek,
        _ => throw new InvalidOperationException("An age of an unknown kind."),
    };
}
