using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Administration;

/// <summary>The closed set of outcomes of <see cref="PersonAdministration.AddAsync"/>.</summary>
internal abstract record PersonAdded
{
    private PersonAdded()
    {
    }

    /// <param name="PersonId">The new subject.</param>
    /// <param name="Kind">The kind of secret with which the person begins.</param>
    /// <param name="Secret">The link or the code. The database has only its hash.</param>
    /// <param name="ExpiresAt">After this time an administrator must create another one.</param>
    public sealed record Done(PersonId PersonId, IssuedSecretKind Kind, string Secret, DateTimeOffset ExpiresAt) : PersonAdded;

    /// <param name="Faults">All faults of the account, as sentences for the administrator.</param>
    public sealed record Refused(IReadOnlyList<string> Faults) : PersonAdded;
}
