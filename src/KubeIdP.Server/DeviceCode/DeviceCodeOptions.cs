namespace KubeIdP.Server.DeviceCode;

/// <summary>Signing in a machine without a browser (RFC 8628), for the clusters that have <c>deviceCode</c>.</summary>
public sealed record DeviceCodeOptions
{
    /// <summary>
    /// The lifetime of a session that was opened by a device code, from 5 minutes to <c>sessions.absoluteLifetime</c>. Default: 08:00:00,
    /// or <c>sessions.absoluteLifetime</c> if that is shorter.
    /// </summary>
    public TimeSpan? SessionLifetime { get; init; }

    /// <summary>
    /// Whether a code is refused unless the machine and the browser in which it is approved have the same address (of IPv6 the same /64),
    /// or are both in one of <c>networks</c>.
    /// </summary>
    public bool SameNetwork { get; init; }

    /// <summary>With <c>sameNetwork</c>: networks within which machine and browser may be apart, such as <c>10.0.0.0/8</c>.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>The lifetime of a session by device code.</summary>
    internal TimeSpan LifetimeWithin(TimeSpan absoluteLifetime) =>
        SessionLifetime ?? (DefaultLifetime < absoluteLifetime ? DefaultLifetime : absoluteLifetime);

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(8);
}
