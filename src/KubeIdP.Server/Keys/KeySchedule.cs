namespace KubeIdP.Server.Keys;

/// <summary>Where a signing key stands in its life.</summary>
internal enum KeyState
{
    /// <summary>Published, so that clusters know it before they meet it; signs nothing yet.</summary>
    Announced,

    Signing,

    /// <summary>Signs no more; published until all that it signed has expired.</summary>
    Kept,

    /// <summary>Not published any more. It still tells whose ID token somebody signs out with (<c>id_token_hint</c>).</summary>
    Past,

    /// <summary>Taken out of use by somebody: nothing that it signed is believed.</summary>
    Retired,
}

/// <param name="SignsFrom">When it takes over from the one before it.</param>
/// <param name="RetiredAt">When it is taken out of use, whatever the schedule says.</param>
/// <param name="CanSign">Whether its private part is still there.</param>
internal sealed record KeyTimes(DateTimeOffset SignsFrom, DateTimeOffset? RetiredAt, bool CanSign = true)
{
    public bool IsUsableAt(DateTimeOffset now) => CanSign && !(RetiredAt <= now);
}

/// <summary>When keys come and go: of one algorithm, from the first to the last. A key never signs before every cluster had a day to hear of it.</summary>
internal static class KeySchedule
{
    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(90);

    /// <summary>No token that is signed lives longer.</summary>
    public static readonly TimeSpan LongestToken = TimeSpan.FromMinutes(15);

    /// <summary>How long it is published before it signs. API servers fetch keys when they meet one that they don't know, others once a day.</summary>
    public static readonly TimeSpan Announcement = TimeSpan.FromHours(24);

    /// <summary>In an emergency: until every replica has read its row and publishes it.</summary>
    public static readonly TimeSpan Haste = TimeSpan.FromSeconds(30);

    /// <summary>How long it is published after the last signature: the longest life of a token, and room for clocks that differ.</summary>
    public static readonly TimeSpan Keeping = LongestToken + TimeSpan.FromMinutes(5);

    /// <summary>
    /// Which one signs now: the latest whose time has come; if there is none, as on a replica whose clock is behind that of the one that made the first
    /// key, the earliest. -1 when no key is left.
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
        if (!key.CanSign) return KeyState.Past;
        if (index == SigningNow(keys, now)) return KeyState.Signing;
        if (key.SignsFrom > now) return KeyState.Announced;

        var takenOverAt = keys.Skip(index + 1).Where(later => later.SignsFrom <= now).Min(later => later.SignsFrom);
        return takenOverAt + Keeping > now ? KeyState.Kept : KeyState.Past;
    }

    public static bool IsPublished(KeyState state) => state is KeyState.Announced or KeyState.Signing or KeyState.Kept;

    /// <summary>Whether the next key must be made: the one that signs ends within the announcement, and nobody is announced to follow.</summary>
    public static bool IsNextDue(IReadOnlyList<KeyTimes> keys, DateTimeOffset now)
    {
        var signing = SigningNow(keys, now);
        if (signing < 0) return true;
        if (keys.Skip(signing + 1).Any(key => key.IsUsableAt(now))) return false;

        return keys[signing].SignsFrom + Life - Announcement <= now || keys[signing].RetiredAt is not null;
    }
}
