namespace KubeIdP.Server.Throttling;

/// <summary>
/// How many passwords may be tried before attempts are delayed. The limits are soft: nobody is locked out, but guessing is slowed down. The
/// limit of an account counts only attempts from one address, so that strangers elsewhere don't delay its owner. Directories that lock
/// accounts have limits of their own (<see cref="LockOutThrottle"/>).
/// </summary>
internal static class ThrottleLimits
{
    /// <summary>The number of attempts at one account from one address without a delay.</summary>
    public const int FreePerAccount = 5;

    /// <summary>The number of failures of one address, at any accounts, without a delay; an office makes many typing errors.</summary>
    public const int FreePerAddress = 50;

    /// <summary>The number of accounts for which one address may fail; more than this is password spraying.</summary>
    public const int FreeAccounts = 20;

    /// <summary>The number of wrong device codes that one person may type, in all of their sessions, until a wait.</summary>
    public const int DeviceCodesPerPerson = 5;

    /// <summary>The number of wrong device codes that may be typed in one network until a wait.</summary>
    public const int DeviceCodesPerAddress = 20;

    /// <summary>After the last wrong device code nobody there may type one for this long. It is a hard limit: codes are short.</summary>
    public static readonly TimeSpan DeviceCodeMemory = TimeSpan.FromHours(1);

    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>For an address that fails for too many accounts.</summary>
    public static readonly TimeSpan MinDelayOfSprayer = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Within this time after the last failure all failures expire gradually; otherwise they would accumulate for an office that is used
    /// around the clock.
    /// </summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);
}
