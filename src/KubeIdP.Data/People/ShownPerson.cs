using System.Diagnostics.CodeAnalysis;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>A person with everything that an administrator may see; it contains no hashes.</summary>
public record ShownPerson : ListedPerson
{
    public ShownPerson()
    {
    }

    [SetsRequiredMembers]
    internal ShownPerson(ListedPerson listed)
        : base(listed)
    {
    }

    public DateTimeOffset GroupsReadAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Null if there is none, or it has expired.</summary>
    public DateTimeOffset? EnrolmentCodeExpiresAt { get; init; }

    /// <summary>Null if there is none, or it has expired.</summary>
    public DateTimeOffset? InvitationExpiresAt { get; init; }

    /// <summary>Wrong codes since the last right one.</summary>
    public int FactorFailures { get; init; }

    public IReadOnlyList<OwnFactor> Factors { get; init; } = [];

    public DateTimeOffset Now { get; init; }

    /// <summary>Of a row p of <c>people</c>, for <see cref="Read(Row, IReadOnlyList{OwnFactor})"/>.</summary>
    internal static new string Columns(Database database) => $"""
        {ListedPerson.Columns(database)}, p.groups_read_at, p.created_at, p.disabled_at, p.removed_at,
        CASE WHEN p.enrolment_code_expires_at > {database.Now} THEN p.enrolment_code_expires_at END AS enrolment_code_expires_at,
        CASE WHEN p.invitation_expires_at > {database.Now} THEN p.invitation_expires_at END AS invitation_expires_at,
        p.factor_failures, {database.Now} AS now
        """;

    internal static ShownPerson Read(Row row, IReadOnlyList<OwnFactor> factors) => new(Read(row))
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
