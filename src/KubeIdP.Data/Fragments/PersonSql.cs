using System.Text.Json;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Fragments;

/// <summary>Parts of statements about rows of <c>people</c>.</summary>
internal static class PersonSql
{
    /// <summary>An assignment that voids every half-finished login of a person; its row lock also orders the statement against one that is being completed.</summary>
    public const string NextEpoch = "factor_epoch = factor_epoch + 1";

    /// <summary>Whether somebody may sign in at all.</summary>
    public const string MaySignIn = "disabled_at IS NULL AND removed_at IS NULL";

    /// <summary>Takes away every one-time secret of a person.</summary>
    public const string NoOneTimeSecrets = "enrolment_code_hash = NULL, enrolment_code_expires_at = NULL, invitation_hash = NULL, invitation_expires_at = NULL";

    /// <summary>How many sessions a row p of <c>people</c> has.</summary>
    public static string LiveSessions(Database database) => $"(SELECT count(*) FROM sessions s WHERE s.person_id = p.id AND {Live.Session(database, "s")})";

    /// <summary>Whether a row p of <c>people</c> has this in a name or its address; display names are compared as typed too, for SQLite lowers ASCII alone.</summary>
    public static string HoldsText(Database database, string lower, string exact) => $"""
        ({database.TextHolds("p.normalized_user_name", lower)} OR {database.TextHolds("lower(coalesce(p.display_name, ''))", lower)}
            OR {database.TextHolds("coalesce(p.display_name, '')", exact)} OR {database.TextHolds("lower(coalesce(p.email, ''))", lower)})
        """;

    /// <summary>Whether a row p of <c>people</c> is in a group, compared with <see cref="GroupText"/>: far faster than to take each list apart.</summary>
    public static string HoldsGroup(Database database, string parameter) => database.TextHolds("p.groups", parameter);

    /// <summary>A group as it stands in a stored list. With its quotes, which stand in no name (JSON escapes them), it matches the whole of a name.</summary>
    public static string GroupText(string group) => JsonSerializer.Serialize(group, JsonSerializerOptions.Default);
}
