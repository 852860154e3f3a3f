using Microsoft.AspNetCore.Identity;

namespace KubeIdP.Data.People;

/// <summary>
/// Somebody who has signed in or been invited. <see cref="IdentityUser{TKey}.Id"/> is the subject (<c>sub</c>): ours, opaque, and never changed,
/// whatever the upstream renames. The password hash is there for local accounts alone.
/// </summary>
public sealed class Person : IdentityUser
{
    public required string Connector { get; init; }

    /// <summary>The upstream's immutable id, unique within the connector.</summary>
    public required string UpstreamId { get; init; }

    public string? DisplayName { get; set; }

    /// <summary>As last read. For a local account this row is the directory itself.</summary>
    public IReadOnlyList<string> Groups { get; set; } = [];

    public DateTimeOffset GroupsReadAt { get; set; }

    /// <summary>When the directory says that the password was last changed, by its own clock; null when it doesn't tell.</summary>
    public DateTimeOffset? PasswordChangedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a login was last completed.</summary>
    public DateTimeOffset? LastLoginAt { get; set; }

    /// <summary>What that login went by: the <c>amr</c> of its session.</summary>
    public string? LastLoginAmr { get; set; }

    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>
    /// Raised by everything after which half-finished logins must not go on: a completed login, a changed password or factor, a disable.
    /// A login's protected cookie carries the epoch that it began in.
    /// </summary>
    public long FactorEpoch { get; set; }

    /// <summary>Wrong second factors since the last right one. Hard: who guesses here already has the password.</summary>
    public int FactorFailures { get; set; }

    /// <summary>SHA-256 of the one-time code without which no first factor is set up.</summary>
    public byte[]? EnrolmentCodeHash { get; set; }

    public DateTimeOffset? EnrolmentCodeExpiresAt { get; set; }

    /// <summary>
    /// SHA-256 of the token in an invitation link. Its holder chooses a password and sets up a second factor; both happen, and use it up, in one step.
    /// </summary>
    public byte[]? InvitationHash { get; set; }

    public DateTimeOffset? InvitationExpiresAt { get; set; }

    /// <summary>The account is gone; the row keeps the name from being given to somebody else too soon, and the audit readable.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>When what was kept of the person was erased: nothing here says any more who it was.</summary>
    public DateTimeOffset? ErasedAt { get; set; }
}
