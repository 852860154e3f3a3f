using System.Collections.Frozen;
using KubeIdP.Server.Runtime;

namespace KubeIdP.Server.TokenReview;

/// <summary>Which grants and sessions have ended within the life of any token that is still good, as far as this process knows.</summary>
internal sealed class RecentEndings(TimeProvider clock)
{
    /// <summary>So old may be what a review goes by: the promise of how soon every replica says no.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly Moment begun = Moment.Take(clock);
    private volatile Knowledge? latest;

    /// <param name="ended">All of them.</param>
    /// <param name="asOf">Taken before the database was asked.</param>
    public void Learn(IEnumerable<string> ended, Moment asOf) => latest = new Knowledge(ended.ToFrozenSet(StringComparer.Ordinal), asOf);

    /// <summary>What is known and still young enough to go by; null: ask the database.</summary>
    public Knowledge? Current() => latest is { } known && known.AsOf.Age(clock) <= MaxAge ? known : null;

    /// <summary>How old the knowledge is; before there is any, for how long there has been none.</summary>
    public TimeSpan Age() => (latest?.AsOf ?? begun).Age(clock);

    public sealed record Knowledge(FrozenSet<string> Ended, Moment AsOf);
}
