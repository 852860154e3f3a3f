namespace KubeIdP.Data.People;

/// <summary>A local account about to be stored. Its upstream id is its subject.</summary>
public sealed record NewPerson(string Id, string Username, string NormalizedUsername, string? Email, IReadOnlyList<string> Groups)
{
    public string? DisplayName { get; init; }

    /// <summary>Null: an invitation lets the person choose one.</summary>
    public string? PasswordHash { get; init; }

    public OneTimeSecret? EnrolmentCode { get; init; }

    public OneTimeSecret? Invitation { get; init; }
}

/// <summary>What is handed out once and stored as its SHA-256: it is random, so there is nothing that a slow hash would protect.</summary>
public sealed record OneTimeSecret(byte[] Hash, TimeSpan Lifetime);

/// <summary>What came of storing a <see cref="NewPerson"/>.</summary>
public abstract record NewPersonAnswer
{
    private NewPersonAnswer()
    {
    }

    public sealed record Added : NewPersonAnswer;

    /// <param name="ReservedUntil">Null when somebody has the name; else it was a removed person's and is nobody's until then.</param>
    public sealed record NameTaken(DateTimeOffset? ReservedUntil) : NewPersonAnswer;
}
