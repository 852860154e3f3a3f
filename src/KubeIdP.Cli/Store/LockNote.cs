namespace KubeIdP.Cli.Store;

/// <summary>What the holder of a lock tells those who wait: beside the lock, because nobody else can open that.</summary>
/// <param name="Process">Its process id.</param>
/// <param name="Purpose">What it is doing, as the end of a sentence.</param>
/// <param name="IsSigningIn">Whether it waits for a person, which takes longer than a server.</param>
/// <param name="Failure">What it could not do, for those who waited and would only fail again.</param>
/// <param name="FailedAt">When, as Unix time in milliseconds.</param>
internal sealed record LockNote(int Process, string Purpose, bool IsSigningIn = false, string? Failure = null, long FailedAt = 0);
