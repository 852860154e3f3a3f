namespace KubeIdP.Server.Login;

/// <summary>
/// How long after failed passwords the next one must wait. Soft: nobody is locked out, a guesser is slowed down. The limit of an account counts
/// only tries from one address, so that strangers elsewhere don't delay its owner.
/// </summary>
internal static class GuessDelay
{
    /// <summary>Tries at one account from one address that are free.</summary>
    public const int FreePerAccount = 5;

    /// <summary>Failures of one address, at whatever accounts, that are free: an office makes many typing errors.</summary>
    public const int FreePerAddress = 50;

    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>In this time after the last failure all are forgotten, bit by bit: an office that never sleeps would pile them up otherwise.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    public static TimeSpan After(int failures, int free)
    {
        if (failures < free) return TimeSpan.Zero;

        var doublings = Math.Min(failures - free, 30);
        var delay = Shortest * (1L << doublings);
        return delay < Longest ? delay : Longest;
    }

    /// <remarks>The last failure may be later than now, when it was written between the moment of this read and the read itself: a free try is free all the same.</remarks>
    public static bool MustWait(int failures, int free, DateTimeOffset lastAt, DateTimeOffset now) => failures >= free && now - lastAt < After(failures, free);
}
