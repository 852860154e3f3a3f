using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Freshness;

/// <summary>
/// Notices that too many people of one directory vanish at once, as when somebody moves the branch that we search, or takes our account's rights away.
/// Bounded: two generations of five minutes, so what is looked back on is five to ten.
/// </summary>
internal sealed class DisappearanceLimit
{
    public const int AlwaysPlausible = 10;

    /// <summary>People told apart; of more the first are a fair sample.</summary>
    public const int MaxPeople = 200_000;

    public static readonly TimeSpan Generation = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private Sample present = new();
    private Sample previous = new();
    private DateTimeOffset since = DateTimeOffset.MinValue;

    /// <summary>Whether so many of those asked for can't really have left.</summary>
    public static bool IsImplausible(int gone, int asked) => gone > Math.Max(AlwaysPlausible, asked / 20);

    /// <summary>Notes an answer. True when by now too many are gone, this one among them.</summary>
    /// <param name="gone">Not found, not allowed any more, or without the groups that they had.</param>
    public bool Note(PersonId personId, bool gone, DateTimeOffset now)
    {
        lock (gate)
        {
            if (now - since >= Generation)
            {
                // After a quiet time both are old.
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
