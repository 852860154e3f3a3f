namespace KubeIdP.Server.Admin.Sessions;

/// <summary>How long ago somebody signed in, as the filter offers it.</summary>
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
    /// <summary>At most so long ago, and at least.</summary>
    public static (TimeSpan? Younger, TimeSpan? Older) BoundsOf(SessionAge? age) => age switch
    {
        null => (null, null),
        SessionAge.LastHour => (TimeSpan.FromHours(1), null),
        SessionAge.LastEightHours => (TimeSpan.FromHours(8), null),
        SessionAge.LastDay => (TimeSpan.FromDays(1), null),
        SessionAge.OverEightHours => (null, TimeSpan.FromHours(8)),
        SessionAge.OverDay => (null, TimeSpan.FromDays(1)),
        SessionAge.OverWeek => (null, TimeSpan.FromDays(7)),
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
