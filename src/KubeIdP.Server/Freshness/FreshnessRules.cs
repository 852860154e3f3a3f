using KubeIdP.Core.Upstreams;

namespace KubeIdP.Server.Freshness;

/// <summary>The rules about the age of what is known about a person.</summary>
internal static class FreshnessRules
{
    /// <summary>If the last answer is older, the directory is asked again before anything is issued.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>An answer that changes nothing is stored if the row is this old; until then it is only kept in memory.</summary>
    public static readonly TimeSpan StoreInterval = TimeSpan.FromMinutes(5);

    /// <summary>
    /// An answer with a time in the future, because the database's clock was set back, has an unknown age and is due too.
    /// </summary>
    public static bool IsDue(DateTimeOffset readAt, DateTimeOffset now) => (now - readAt).Duration() > MaxAge;

    /// <summary>Whether an answer that changed nothing must be stored.</summary>
    public static bool MustBeStored(DateTimeOffset readAt, DateTimeOffset now) => (now - readAt).Duration() >= StoreInterval;

    /// <summary>Whether the last known groups may still be used while the upstream does not answer.</summary>
    /// <param name="readAt">The time as of which they are known.</param>
    /// <param name="now">By the database's clock.</param>
    /// <param name="grace">Counted from the upstream's last answer. Zero: they may not be used once the answer is due.</param>
    public static bool Serves(DateTimeOffset readAt, DateTimeOffset now, TimeSpan grace) => (now - readAt).Duration() <= grace;

    /// <summary>
    /// Whether a refusal may be caused by a wrong setting rather than by the person; many of them at once are an outage. A disabled account
    /// was found and read, so it is not one of these.
    /// </summary>
    public static bool LooksGone(Refusal reason) =>
        reason is Refusal.Unknown or Refusal.NotAllowed or Refusal.Ambiguous or Refusal.NameNotAllowed;

    /// <summary>
    /// Whether a look-up's refusal ends sessions. A lock-out by wrong guesses does not, because a stranger could cause it; neither do
    /// refusals that only concern a password or the time of a login.
    /// </summary>
    public static bool EndsSessions(Refusal reason) =>
        reason is not (Refusal.LockedOut or Refusal.WrongPassword or Refusal.OutsideLogonHours or Refusal.NotFromHere);
}
