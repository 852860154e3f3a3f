namespace KubeIdP.Server.Accounts;

/// <summary>The closed set of outcomes of an administrator's change to an account.</summary>
internal abstract record AccountChange
{
    private AccountChange()
    {
    }

    public sealed record Done : AccountChange;

    /// <summary>Nothing had to be changed.</summary>
    public sealed record Unchanged : AccountChange;

    /// <param name="Secret">
    /// An enrolment code, or the token of an invitation link. It exists nowhere else: the database holds its hash.
    /// </param>
    /// <param name="ExpiresAt">After this time an administrator must create another one.</param>
    public sealed record IssuedSecret(string Secret, DateTimeOffset ExpiresAt) : AccountChange;

    public sealed record NotFound : AccountChange;

    /// <param name="Reasons">Sentences for the administrator, each with a reason.</param>
    public sealed record Refused(params IReadOnlyList<string> Reasons) : AccountChange;
}
