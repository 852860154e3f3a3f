using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Fragments;

/// <summary>What counts as live, as SQL conditions: a session or grant that nobody has ended and whose time is not over.</summary>
internal static class Live
{
    /// <summary>A session that can still be used, whatever the status of its person.</summary>
    /// <param name="database">Whose clock decides.</param>
    /// <param name="alias">Of the row of <c>sessions</c>; null where the statement has none.</param>
    public static string Session(Database database, string? alias = null) => Session(alias, database.Now);

    /// <param name="alias">Of the row of <c>sessions</c>; null where the statement has none.</param>
    /// <param name="now">The moment as an SQL expression.</param>
    public static string Session(string? alias, string now) => NotOver(alias, now);

    /// <summary>A session or grant that nobody has ended and whose time is not over.</summary>
    /// <param name="alias">Of the row; null where the statement has none.</param>
    /// <param name="now">The moment as an SQL expression.</param>
    public static string NotOver(string? alias, string now) => $"{NotEnded(alias)} AND {Of(alias)}ends_at > {now}";

    /// <summary>A session or grant that nobody has ended, whether or not its time is over.</summary>
    /// <param name="alias">Of the row; null where the statement has none.</param>
    public static string NotEnded(string? alias = null) => $"{Of(alias)}ended_at IS NULL";

    /// <summary>A grant whose code was redeemed and that has not ended.</summary>
    /// <param name="alias">Of the row of <c>grants</c>; null where the statement has none.</param>
    public static string Grant(string? alias = null) => $"{NotEnded(alias)} AND {Redeemed(alias)}";

    /// <summary>A grant whose code was redeemed, also one that has ended.</summary>
    /// <param name="alias">Of the row of <c>grants</c>; null where the statement has none.</param>
    public static string Redeemed(string? alias = null) => $"{Of(alias)}code_redeemed_at IS NOT NULL";

    private static string Of(string? alias) => alias is null ? "" : $"{alias}.";
}
