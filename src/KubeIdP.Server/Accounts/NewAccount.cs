using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;

namespace KubeIdP.Server.Accounts;

/// <summary>A local account about to be made.</summary>
/// <param name="Username">As Kubernetes will see it.</param>
/// <param name="Email">Null when none is known.</param>
/// <param name="Groups">Names for the token.</param>
/// <param name="Password">Null: an invitation link lets the person choose one.</param>
internal sealed record NewAccount(string Username, string? Email, IReadOnlyList<string> Groups, string? Password)
{
    /// <summary>For people to read, the claim <c>name</c>; null for none.</summary>
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
    /// <param name="EnrolmentCode">To be handed to the person. It exists nowhere else: the database holds its hash.</param>
    /// <param name="EnrolmentCodeExpiresAt">After it an administrator must make another one.</param>
    public sealed record Added(PersonId PersonId, string EnrolmentCode, DateTimeOffset EnrolmentCodeExpiresAt) : AddedAccount;

    /// <param name="PersonId">The new subject.</param>
    /// <param name="Token">For the invitation link. It exists nowhere else: the database holds its hash.</param>
    /// <param name="ExpiresAt">After it an administrator must make another one.</param>
    public sealed record Invited(PersonId PersonId, string Token, DateTimeOffset ExpiresAt) : AddedAccount;

    public sealed record Refused(IReadOnlyList<AccountFault> Faults) : AddedAccount;
}

/// <summary>What is wrong with a <see cref="NewAccount"/>, with a sentence for the person who can mend it.</summary>
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
