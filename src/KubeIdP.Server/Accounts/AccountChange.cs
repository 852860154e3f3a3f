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

/// <summary>The closed set of outcomes when somebody changes their own password.</summary>
internal abstract record PasswordChange
{
    private PasswordChange()
    {
    }

    public sealed record Changed : PasswordChange;

    /// <summary>The current password is wrong, or the account has no password on this server.</summary>
    public sealed record WrongPassword : PasswordChange;

    /// <param name="Reason">What is wrong with the new one, as a sentence.</param>
    public sealed record NotAllowed(string Reason) : PasswordChange;

    /// <summary>Too many passwords are waiting to be checked; this says nothing about the one that was typed.</summary>
    public sealed record Busy : PasswordChange;
}
