namespace KubeIdP.Data.People;

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
