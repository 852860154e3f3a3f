using KubeIdP.Core.Identifiers;

namespace KubeIdP.Server.Administration;

/// <summary>The closed set of outcomes of <see cref="PersonAdministration.AddAsync"/>.</summary>
internal abstract record PersonAdded
{
    private PersonAdded()
    {
    }

    /// <param name="PersonId">The new subject.</param>
    /// <param name="Kind">What the person needs to begin.</param>
    /// <param name="Secret">The link or the code. It exists nowhere else: the database holds its hash.</param>
    /// <param name="ExpiresAt">After it an administrator must make another one.</param>
    public sealed record Done(PersonId PersonId, IssuedSecretKind Kind, string Secret, DateTimeOffset ExpiresAt) : PersonAdded;

    /// <param name="Faults">All that is wrong with the account, as sentences for the person who can fix it.</param>
    public sealed record Refused(IReadOnlyList<string> Faults) : PersonAdded;
}
