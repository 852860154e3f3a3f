namespace KubeIdP.Server.Throttling;

/// <summary>
/// How many passwords may be tried before the next one must wait. Soft: nobody is locked out, a guesser is slowed down. The limit of an account counts
/// only tries from one address, so that strangers elsewhere don't delay its owner. What a directory locks for has limits of its own (<see cref="LockOutThrottle"/>).
/// </summary>
internal static class ThrottleLimits
{
    /// <summary>Tries at one account from one address that are free.</summary>
    public const int FreePerAccount = 5;

    /// <summary>Failures of one address, at whatever accounts, that are free: an office makes many typing errors.</summary>
    public const int FreePerAddress = 50;

    /// <summary>Accounts at which one address may fail; more is no office with a bad morning, but somebody who tries one password on everybody.</summary>
    public const int FreeAccounts = 20;

    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>For an address that fails at too many accounts.</summary>
    public static readonly TimeSpan ShortestOfSprayer = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>In this time after the last failure all are forgotten, bit by bit: an office that never sleeps would pile them up otherwise.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);
}
