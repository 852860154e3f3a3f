using System.Text.Json;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Fragments;

/// <summary>Parts of statements about rows of <c>people</c>.</summary>
internal static class PersonSql
{
    /// <summary>
    /// An assignment that invalidates every unfinished login of a person. Its row lock also serializes the statement with a login that is
    /// being completed.
    /// </summary>
    public const string NextEpoch = "factor_epoch = factor_epoch + 1";

    /// <summary>Whether the person may sign in.</summary>
    public const string MaySignIn = "disabled_at IS NULL AND removed_at IS NULL";

    /// <summary>Assignments that remove every one-time secret of a person.</summary>
    public const string NoOneTimeSecrets =
        "enrolment_code_hash = NULL, enrolment_code_expires_at = NULL, invitation_hash = NULL, invitation_expires_at = NULL";

    /// <summary>How many sessions a row p of <c>people</c> has.</summary>
    public static string LiveSessions(Database database) =>
        $"(SELECT count(*) FROM sessions s WHERE s.person_id = p.id AND {Live.Session(database, "s")})";

    /// <summary>
    /// Whether a row p of <c>people</c> has this in a name or its address; display names are also compared as typed, because SQLite
    /// converts only ASCII to lower case.
    /// </summary>
    public static string HoldsText(Database database, string lower, string exact) => $"""
        ({database.TextHolds("p.normalized_user_name", lower)} OR {database.TextHolds("lower(coalesce(p.display_name, ''))", lower)}
            OR {database.TextHolds("coalesce(p.display_name, '')", exact)} OR {database.TextHolds("lower(coalesce(p.email, ''))", lower)})
        """;

    /// <summary>
    /// Whether a row p of <c>people</c> is in a group, compared with <see cref="GroupText"/>, which is far faster than parsing each list.
    /// </summary>
    public static string HoldsGroup(Database database, string parameter) => database.TextHolds("p.groups", parameter);

    /// <summary>
    /// A group as it appears in a stored JSON list. With its quotes, which no name contains because JSON escapes them, it matches only
    /// whole names.
    /// </summary>
    public static string GroupText(string group) => JsonSerializer.Serialize(group, JsonSerializerOptions.Default);
}
