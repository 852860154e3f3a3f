using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Accounts;

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
