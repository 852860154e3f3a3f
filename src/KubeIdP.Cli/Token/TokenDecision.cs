using KubeIdP.Cli.Store;

namespace KubeIdP.Cli.Token;

/// <summary>Whether a stored token is handed out, or replaced first.</summary>
internal static class TokenDecision
{
    /// <summary>
    /// An API server that refuses every token, for whatever reason, must not have the issuer asked at each of its requests: what has
    /// replaced a refused token is used for so long.
    /// </summary>
    private static readonly TimeSpan RefusalInterval = TimeSpan.FromSeconds(10);

    /// <param name="isRefused">Whether this client has it already and asks again before the time that it was told.</param>
    public static bool IsServed(ClusterRecord? record, Moment now, bool isRefused)
    {
        if (record is null || !record.Life.IsFresh(now)) return false;

        var age = TimeSpan.FromMilliseconds(record.Life.Lifetime) - record.Life.Left(now);
        return !isRefused || (record.AfterRefusal && age < RefusalInterval);
    }

    /// <summary>Whether an API server accepts it still, while the issuer can't give another one.</summary>
    public static bool IsStillValid(ClusterRecord? record, Moment now) =>
        record is not null && record.Life.Left(now) > TimeSpan.FromSeconds(1);

    /// <summary>
    /// Until when client-go may use it: until it is to be replaced, and in an outage until just before its end.
    /// </summary>
    public static DateTimeOffset Expiration(ClusterRecord record, Moment now)
    {
        if (record.Life.IsFresh(now)) return DateTimeOffset.FromUnixTimeSeconds(record.Life.ReplaceAt);

        var end = now.UnixMilliseconds + (long)record.Life.Left(now).TotalMilliseconds - 1000;
        return DateTimeOffset.FromUnixTimeSeconds(Math.Max(end, now.UnixMilliseconds) / 1000);
    }
}
