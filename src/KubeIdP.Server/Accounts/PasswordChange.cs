namespace KubeIdP.Server.Accounts;

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
