using System.Text.Json.Serialization;
using KubeIdP.Cli.Network;

namespace KubeIdP.Cli.Store;

/// <summary>
/// How long a token can be used, counted by this machine from the moment before it was asked for. The server's clock has no part in it: the
/// two may differ by minutes. All times are in milliseconds.
/// </summary>
/// <param name="Since">Unix time.</param>
/// <param name="Uptime">The machine's uptime at that moment.</param>
/// <param name="Lifetime">From then to the end.</param>
internal sealed record Lifespan(long Since, long Uptime, long Lifetime)
{
    private const long LeastMargin = 5_000;

    private static readonly long LongestLifetime = (long)StatedTime.Longest.TotalMilliseconds;

    // Both clocks of a file lie in this range, whichever machine wrote it; there is no overflow within it.
    private static readonly long Furthest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() / 2;

    public static Lifespan From(Moment asked, TimeSpan lifetime) =>
        new(asked.UnixMilliseconds, asked.Uptime, Math.Clamp((long)lifetime.TotalMilliseconds, 0, LongestLifetime));

    /// <summary>Whether this program can have written it. Another one comes from a damaged file, and is not counted with.</summary>
    [JsonIgnore]
    public bool IsPossible => Since >= 0 && Since <= Furthest && Uptime >= -Furthest && Uptime <= Furthest
        && Lifetime >= 0 && Lifetime <= LongestLifetime;

    /// <summary>
    /// Before the end a token is replaced, so that no request that begins with it meets its end: a sixth of the lifetime, at least five
    /// seconds, and never more than half.
    /// </summary>
    [JsonIgnore]
    public long Margin => Math.Min(Math.Max(Lifetime / 6, LeastMargin), Lifetime / 2);

    /// <summary>When it is to be replaced, in whole seconds of Unix time, because that is what client-go is told.</summary>
    [JsonIgnore]
    public long ReplaceAt => (Since + Lifetime - Margin) / 1000;

    /// <summary>Whether it is used without asking the server.</summary>
    public bool IsFresh(Moment now) => Elapsed(now) is { } elapsed && Since + elapsed < ReplaceAt * 1000;

    /// <summary>Zero when it has ended, or when nobody can say.</summary>
    public TimeSpan Left(Moment now) =>
        Elapsed(now) is { } elapsed && elapsed < Lifetime ? TimeSpan.FromMilliseconds(Lifetime - elapsed) : TimeSpan.Zero;

    /// <summary>
    /// Null when the clock was set back behind the beginning. Otherwise the longer of what the two clocks say: a clock that was set back by
    /// less does not make it younger, because the uptime goes on; after a restart of the machine the uptime says too little, never too
    /// much.
    /// </summary>
    private long? Elapsed(Moment now) =>
        now.UnixMilliseconds < Since ? null : Math.Max(now.UnixMilliseconds - Since, now.Uptime - Uptime);
}
