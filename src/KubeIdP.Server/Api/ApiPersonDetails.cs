using System.Diagnostics.CodeAnalysis;
using KubeIdP.Data.Factors;
using KubeIdP.Data.People;

namespace KubeIdP.Server.Api;

/// <summary>A person with all details that administrators can see.</summary>
/// <remarks>The commands print the same.</remarks>
internal record ApiPersonDetails : ApiPerson
{
    public ApiPersonDetails()
    {
    }

    [SetsRequiredMembers]
    protected ApiPersonDetails(ShownPerson person)
        : base(person)
    {
        GroupsReadAt = person.GroupsReadAt;
        CreatedAt = person.CreatedAt;
        DisabledAt = person.DisabledAt;
        RemovedAt = person.RemovedAt;
        EnrolmentCodeExpiresAt = person.EnrolmentCodeExpiresAt;
        InvitationExpiresAt = person.InvitationExpiresAt;
        FactorFailures = person.FactorFailures;
        Factors = [.. person.Factors.Select(ApiFactor.Of)];
    }

    /// <summary>When the groups were last read from the directory.</summary>
    public required DateTimeOffset GroupsReadAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? DisabledAt { get; init; }

    public required DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Null when there is none or it has expired.</summary>
    public required DateTimeOffset? EnrolmentCodeExpiresAt { get; init; }

    /// <summary>Null when there is none or it has expired.</summary>
    public required DateTimeOffset? InvitationExpiresAt { get; init; }

    /// <summary>Failed attempts since the last success.</summary>
    public required int FactorFailures { get; init; }

    public required IReadOnlyList<ApiFactor> Factors { get; init; }

    public static ApiPersonDetails Of(ShownPerson person) => new(person);
}

/// <summary>A second factor.</summary>
/// <param name="Kind">Its kind, such as totp.</param>
/// <param name="Name">The name that its owner gave it.</param>
internal sealed record ApiFactor(string Id, string Kind, string Name, DateTimeOffset CreatedAt)
{
    public static ApiFactor Of(OwnFactor factor) => new(factor.Id, factor.Kind, factor.Name, factor.CreatedAt);
}
