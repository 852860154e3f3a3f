namespace KubeIdP.Server.Keys;

/// <param name="SignsFrom">When it takes over from the previous key.</param>
/// <param name="RetiredAt">When it is retired, regardless of the schedule.</param>
/// <param name="CanSign">Whether its private key still exists.</param>
internal sealed record KeyTimes(DateTimeOffset SignsFrom, DateTimeOffset? RetiredAt, bool CanSign = true)
{
    public bool IsUsableAt(DateTimeOffset now) => CanSign && !(RetiredAt <= now);
}
