using KubeIdP.Core.People;

namespace KubeIdP.Data.People;

internal static class PersonStatuses
{
    /// <summary>The number of the <see cref="PersonStatus"/> of a row p of <c>people</c>, as an SQL expression.</summary>
    public static readonly string Sql = $"""
        CASE WHEN p.removed_at IS NOT NULL THEN {(int)PersonStatus.Removed}
             WHEN p.disabled_at IS NOT NULL THEN {(int)PersonStatus.Disabled}
             WHEN p.password_hash IS NULL AND p.invitation_hash IS NOT NULL THEN {(int)PersonStatus.Invited}
             WHEN NOT EXISTS (SELECT 1 FROM factors f WHERE f.person_id = p.id) THEN {(int)PersonStatus.NotEnrolled}
             ELSE {(int)PersonStatus.Active} END
        """;
}
