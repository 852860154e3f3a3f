using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Accounts;

/// <summary>A local account to add.</summary>
/// <param name="Username">As Kubernetes sees it.</param>
/// <param name="Email">Null when none is known.</param>
/// <param name="Groups">The groups in the tokens.</param>
/// <param name="Password">Null: the person sets one with an invitation link.</param>
internal sealed record NewAccount(string Username, string? Email, IReadOnlyList<string> Groups, string? Password)
{
    /// <summary>The name that people read, the claim <c>name</c>; null for none.</summary>
    public string? DisplayName { get; init; }

    public Actor By { get; init; } = Actor.CommandLine;
}

/// <summary>The closed set of outcomes of <see cref="LocalAccounts.AddAsync"/>.</summary>
internal abstract record AddedAccount
{
    private AddedAccount()
    {
    }

    /// <param name="PersonId">The new subject.</param>
    /// <param name="EnrolmentCode">To hand over to the person. The database has only its hash.</param>
    /// <param name="EnrolmentCodeExpiresAt">After this time an administrator must create another one.</param>
    public sealed record Added(PersonId PersonId, string EnrolmentCode, DateTimeOffset EnrolmentCodeExpiresAt) : AddedAccount;

    /// <param name="PersonId">The new subject.</param>
    /// <param name="Token">For the invitation link. The database has only its hash.</param>
    /// <param name="ExpiresAt">After this time an administrator must create another one.</param>
    public sealed record Invited(PersonId PersonId, string Token, DateTimeOffset ExpiresAt) : AddedAccount;

    public sealed record Refused(IReadOnlyList<AccountFault> Faults) : AddedAccount;
}

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
