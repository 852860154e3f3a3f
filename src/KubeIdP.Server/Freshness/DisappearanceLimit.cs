using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Freshness;

/// <summary>
/// Detects that too many people of one directory disappear at once, as when the searched branch is moved, or the server's account loses its
/// rights. Its memory is limited: two generations of five minutes, so it covers the last five to ten minutes.
/// </summary>
internal sealed class DisappearanceLimit
{
    public const int AlwaysPlausible = 10;

    /// <summary>The maximum number of people that are remembered; if there are more, the first are a fair sample.</summary>
    public const int MaxPeople = 200_000;

    public static readonly TimeSpan Generation = TimeSpan.FromMinutes(5);

    private readonly Lock sync = new();
    private Sample present = new();
    private Sample previous = new();
    private DateTimeOffset since = DateTimeOffset.MinValue;

    /// <summary>Whether it is implausible that so many of the people who were looked up have left.</summary>
    public static bool IsImplausible(int gone, int asked) => gone > Math.Max(AlwaysPlausible, asked / 20);

    /// <summary>Records an answer. Returns true if this person is gone and too many are gone by now.</summary>
    /// <param name="gone">Whether the person was not found, is no longer allowed, or no longer has any groups.</param>
    public bool Note(PersonId personId, bool gone, DateTimeOffset now)
    {
        lock (sync)
        {
            if (now - since >= Generation)
            {
                // After a time without answers both generations are too old.
                previous = now - since < 2 * Generation ? present : new();
                (present, since) = (new(), now);
            }

            present.Add(personId.Value.GetHashCode(StringComparison.Ordinal), gone);
            return gone && IsImplausible(Math.Max(present.Gone, previous.Gone), Math.Max(present.Asked, previous.Asked));
        }
    }

    private sealed class Sample
    {
        private readonly HashSet<int> asked = [];
        private readonly HashSet<int> gone = [];

        public int Asked => asked.Count;

        public int Gone => gone.Count;

        public void Add(int person, bool isGone)
        {
            if (asked.Count < MaxPeople) asked.Add(person);
            if (!isGone) gone.Remove(person);
            else if (gone.Count < MaxPeople) gone.Add(person);
        }
    }
}
