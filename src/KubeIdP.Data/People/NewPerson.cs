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

/// <summary>A secret that is handed out once and stored as its SHA-256. It is random, so a slow hash would not make it safer.</summary>
public sealed record OneTimeSecret(byte[] Hash, TimeSpan Lifetime);

/// <summary>The result of storing a <see cref="NewPerson"/>.</summary>
public abstract record NewPersonAnswer
{
    private NewPersonAnswer()
    {
    }

    public sealed record Added : NewPersonAnswer;

    /// <param name="ReservedUntil">
    /// Null if another person has the name; otherwise it belonged to a removed person and is reserved until this time.
    /// </param>
    public sealed record NameTaken(DateTimeOffset? ReservedUntil) : NewPersonAnswer;
}
