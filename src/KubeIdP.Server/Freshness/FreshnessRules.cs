using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Freshness;

/// <summary>How old what we know of a person may be.</summary>
internal static class FreshnessRules
{
    /// <summary>What is older is asked for again before anything is issued.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>An answer that changes nothing is written down when the row is this old; until then it is remembered.</summary>
    public static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(5);

    /// <summary>An answer from the future, which is left where the database's clock was set back, has no age that anybody knows, and is due as well.</summary>
    public static bool IsDue(DateTimeOffset readAt, DateTimeOffset now) => (now - readAt).Duration() > MaxAge;

    /// <summary>Whether an answer that changed nothing is written down.</summary>
    public static bool IsWorthARow(DateTimeOffset readAt, DateTimeOffset now) => (now - readAt).Duration() >= WriteEvery;

    /// <summary>Whether the last known groups still serve while the directory doesn't answer.</summary>
    /// <param name="readAt">As of when they are known.</param>
    /// <param name="now">By the database's clock.</param>
    /// <param name="grace">Counted from the directory's last answer. Zero: as soon as it is due, nothing serves.</param>
    public static bool Serves(DateTimeOffset readAt, DateTimeOffset now, TimeSpan grace) => (now - readAt).Duration() <= grace;

    /// <summary>
    /// Whether a refusal may come from a setting that is wrong rather than from the person: many of them at once are an outage. Who is disabled has been
    /// found and read.
    /// </summary>
    public static bool LooksGone(Refusal reason) => reason is Refusal.Unknown or Refusal.NotAllowed or Refusal.Ambiguous or Refusal.NameNotAllowed;

    /// <summary>
    /// Whether a look-up's refusal ends sessions. A lock-out by wrong guesses doesn't, for a stranger could bring it about, and neither does what is only
    /// about typing a password or the hour of a login.
    /// </summary>
    public static bool EndsSessions(Refusal reason) => reason is not (Refusal.LockedOut or Refusal.WrongPassword or Refusal.OutsideLogonHours or Refusal.NotFromHere);
}
