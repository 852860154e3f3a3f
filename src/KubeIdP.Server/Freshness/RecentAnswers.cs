using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Freshness;

/// <summary>
/// Remembers when a directory last confirmed what a person's row says, so that the confirmation need not be stored. Its memory is limited
/// to two generations of people: when the current one is full, or as old as a row may become, a new one begins.
/// </summary>
internal sealed class RecentAnswers
{
    public const int MaxPeople = 200_000;

    private readonly Lock sync = new();
    private Dictionary<string, Confirmation> present = new(StringComparer.Ordinal);
    private Dictionary<string, Confirmation> previous = new(StringComparer.Ordinal);
    private DateTimeOffset since = DateTimeOffset.MinValue;

    /// <summary>The time as of which the content of the row is confirmed.</summary>
    public DateTimeOffset KnownAt(PersonSnapshot person)
    {
        lock (sync)
        {
            // A confirmation applies only to the same state of the row, because another replica may have changed it since.
            return (present.TryGetValue(person.Id, out var found) || previous.TryGetValue(person.Id, out found))
                && found.RowReadAt == person.ReadAt && found.At > person.ReadAt
                ? found.At
                : person.ReadAt;
        }
    }

    public void Confirm(PersonSnapshot person, DateTimeOffset asOf)
    {
        lock (sync)
        {
            if (asOf - since >= FreshnessRules.StoreInterval || present.Count >= MaxPeople)
                (previous, present, since) = (present, new(StringComparer.Ordinal), asOf);

            present[person.Id] = new Confirmation(person.ReadAt, asOf);
        }
    }

    private readonly record struct Confirmation(DateTimeOffset RowReadAt, DateTimeOffset At);
}
