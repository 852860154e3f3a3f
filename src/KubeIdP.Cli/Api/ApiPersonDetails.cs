namespace KubeIdP.Cli.Api;

/// <summary>A person with all details that administrators can see.</summary>
/// <remarks>The commands print the same.</remarks>
internal record ApiPersonDetails : ApiPerson
{
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
}

/// <summary>A second factor.</summary>
/// <param name="Kind">Its kind, such as totp.</param>
/// <param name="Name">The name that its owner gave it.</param>
internal sealed record ApiFactor(string Id, string Kind, string Name, DateTimeOffset CreatedAt);
