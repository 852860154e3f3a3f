namespace KubeIdP.Server.Keys;

/// <summary>The schedule of the keys of one algorithm. A key never signs before every cluster has had a day to fetch it.</summary>
internal static class KeySchedule
{
    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(90);

    /// <summary>The longest lifetime of a signed token.</summary>
    public static readonly TimeSpan MaxTokenLifetime = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a key is published before it signs. API servers fetch keys when they see an unknown one, others once a day.
    /// </summary>
    public static readonly TimeSpan Announcement = TimeSpan.FromHours(24);

    /// <summary>How long a key is published before it signs in an emergency: until every replica has read and published it.</summary>
    public static readonly TimeSpan EmergencyAnnouncement = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a key is published after its last signature: the longest lifetime of a token, and a margin for differing clocks.
    /// </summary>
    public static readonly TimeSpan PublishedAfterUse = MaxTokenLifetime + TimeSpan.FromMinutes(5);

    /// <summary>
    /// The key that signs now: the latest that is due. If none is due, as on a replica whose clock is behind that of the replica that
    /// created the first key, the earliest. -1 if no key is left.
    /// </summary>
    public static int SigningNow(IReadOnlyList<KeyTimes> keys, DateTimeOffset now)
    {
        var earliest = -1;
        for (var i = keys.Count - 1; i >= 0; i--)
        {
            if (!keys[i].IsUsableAt(now)) continue;
            if (keys[i].SignsFrom <= now) return i;
            earliest = i;
        }

        return earliest;
    }

    public static KeyState StateOf(IReadOnlyList<KeyTimes> keys, int index, DateTimeOffset now)
    {
        var key = keys[index];
        if (key.RetiredAt <= now) return KeyState.Retired;
        if (!key.CanSign) return KeyState.Withdrawn;
        if (index == SigningNow(keys, now)) return KeyState.Signing;
        if (key.SignsFrom > now) return KeyState.Announced;

        var takenOverAt = keys.Skip(index + 1).Where(later => later.SignsFrom <= now).Min(later => later.SignsFrom);
        return takenOverAt + PublishedAfterUse > now ? KeyState.Superseded : KeyState.Withdrawn;
    }

    public static bool IsPublished(KeyState state) => state is KeyState.Announced or KeyState.Signing or KeyState.Superseded;

    /// <summary>
    /// Whether the next key must be created: the current one will stop signing within <see cref="Announcement"/>, and no successor is
    /// announced.
    /// </summary>
    public static bool IsNextDue(IReadOnlyList<KeyTimes> keys, DateTimeOffset now)
    {
        var signing = SigningNow(keys, now);
        if (signing < 0) return true;
        if (keys.Skip(signing + 1).Any(key => key.IsUsableAt(now))) return false;

        return keys[signing].SignsFrom + Life - Announcement <= now || keys[signing].RetiredAt is not null;
    }
}
