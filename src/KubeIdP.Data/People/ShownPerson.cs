using System.Diagnostics.CodeAnalysis;
using KubeIdP.Data.Factors;

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
}
