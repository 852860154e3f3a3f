namespace KubeIdP.Server.Accounts;

/// <summary>What is wrong with a <see cref="NewAccount"/>, with a message for the administrator.</summary>
internal sealed record AccountFault(AccountFaultKind Kind, string Message);

internal enum AccountFaultKind
{
    UsernameTaken,
    UsernameNotAllowed,
    GroupNotAllowed,
    EmailNotAllowed,
    DisplayNameNotAllowed,
    PasswordNotAllowed,
}
