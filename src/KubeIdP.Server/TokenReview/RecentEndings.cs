using System.Collections.Frozen;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// The grants and sessions that have ended within the lifetime of any token that may still be valid, as far as this process knows.
/// </summary>
internal sealed class RecentEndings(TimeProvider clock)
{
    /// <summary>
    /// The maximum age of the data that a review uses, which is how soon every replica refuses tokens of an ended session.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly MachineTime begun = MachineTime.Take(clock);
    private volatile Knowledge? latest;

    /// <param name="ended">All that have ended recently.</param>
    /// <param name="asOf">The time before the database was queried.</param>
    public void Learn(IEnumerable<string> ended, MachineTime asOf) =>
        latest = new Knowledge(ended.ToFrozenSet(StringComparer.Ordinal), asOf);

    /// <summary>The data if it is recent enough; null: query the database.</summary>
    public Knowledge? Current() => latest is { } known && known.AsOf.Age(clock) <= MaxAge ? known : null;

    /// <summary>The age of the data; before the first read, the time since the start.</summary>
    public TimeSpan Age() => (latest?.AsOf ?? begun).Age(clock);

    public sealed record Knowledge(FrozenSet<string> Ended, MachineTime AsOf);
}
