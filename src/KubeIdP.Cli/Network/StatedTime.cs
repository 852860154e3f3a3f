namespace KubeIdP.Cli.Network;

/// <summary>
/// A time that an issuer states in seconds. It may be any number of JSON; what is further than <see cref="Longest"/> is cut to that,
/// because nothing of this program lasts so long.
/// </summary>
internal static class StatedTime
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Zero also for what is negative, no number, or not stated.</summary>
    public static TimeSpan Of(double? seconds) =>
        seconds is { } given and > 0 ? TimeSpan.FromSeconds(Math.Min(given, Longest.TotalSeconds)) : TimeSpan.Zero;
}
