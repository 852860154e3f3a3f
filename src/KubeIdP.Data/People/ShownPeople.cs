using KubeIdP.Data.Factors;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Reads a <see cref="ShownPerson"/> from a row p of <c>people</c>.</summary>
internal static class ShownPeople
{
    public static string Columns(Database database) => $"""
        {ListedPeople.Columns(database)}, p.groups_read_at, p.created_at, p.disabled_at, p.removed_at,
        CASE WHEN p.enrolment_code_expires_at > {database.Now} THEN p.enrolment_code_expires_at END AS enrolment_code_expires_at,
        CASE WHEN p.invitation_expires_at > {database.Now} THEN p.invitation_expires_at END AS invitation_expires_at,
        p.factor_failures, {database.Now} AS now
        """;

    public static ShownPerson Read(Row row, IReadOnlyList<OwnFactor> factors) => new(ListedPeople.Read(row))
    {
        GroupsReadAt = row.Moment("groups_read_at"),
        CreatedAt = row.Moment("created_at"),
        DisabledAt = row.MomentOrNull("disabled_at"),
        RemovedAt = row.MomentOrNull("removed_at"),
        EnrolmentCodeExpiresAt = row.MomentOrNull("enrolment_code_expires_at"),
        InvitationExpiresAt = row.MomentOrNull("invitation_expires_at"),
        FactorFailures = row.Int("factor_failures"),
        Factors = factors,
        Now = row.Moment("now"),
    };
}
