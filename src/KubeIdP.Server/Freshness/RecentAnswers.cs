using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Freshness;

/// <summary>
/// Answers that changed nothing, so that they need no row: when a directory last said what the row says. Bounded: two generations of people who have
/// signed in; one that is full, or as old as a row may grow, makes room for the next.
/// </summary>
internal sealed class RecentAnswers
{
    public const int MaxPeople = 200_000;

    private readonly Lock gate = new();
    private Dictionary<string, Confirmation> present = new(StringComparer.Ordinal);
    private Dictionary<string, Confirmation> previous = new(StringComparer.Ordinal);
    private DateTimeOffset since = DateTimeOffset.MinValue;

    /// <summary>As of when what the row says is known to be so.</summary>
    public DateTimeOffset KnownAt(PersonSnapshot person)
    {
        lock (gate)
        {
            // About another state of the row it says nothing: another replica may have written since.
            return (present.TryGetValue(person.Id, out var found) || previous.TryGetValue(person.Id, out found)) && found.RowReadAt == person.ReadAt && found.At > person.ReadAt
                ? found.At
                : person.ReadAt;
        }
    }

    public void Confirm(PersonSnapshot person, DateTimeOffset asOf)
    {
        lock (gate)
        {
            if (asOf - since >= FreshnessRules.WriteEvery || present.Count >= MaxPeople) (previous, present, since) = (present, new(StringComparer.Ordinal), asOf);

            present[person.Id] = new Confirmation(person.ReadAt, asOf);
        }
    }

    private readonly record struct Confirmation(DateTimeOffset RowReadAt, DateTimeOffset At);
}
