using KubeIdP.Core.Identifiers;

namespace KubeIdP.Data.People;

/// <summary>A local account about to be stored. Its upstream id is its subject.</summary>
public sealed record NewPerson(PersonId Id, string Username, string NormalizedUsername, string? Email, IReadOnlyList<string> Groups)
{
    public string? DisplayName { get; init; }

    /// <summary>Null: an invitation lets the person choose one.</summary>
    public string? PasswordHash { get; init; }

    public OneTimeSecret? EnrolmentCode { get; init; }

    public OneTimeSecret? Invitation { get; init; }
}
