using Microsoft.AspNetCore.Identity;

namespace KubeIdP.Data.People;

/// <summary>
/// A person who has signed in or been invited. <see cref="IdentityUser{TKey}.Id"/> is the subject (<c>sub</c>): ours, opaque, and never
/// changed, whatever the upstream renames. Only local accounts have a password hash.
/// </summary>
public sealed class Person : IdentityUser
{
    public required string Connector { get; init; }

    /// <summary>The upstream's immutable id, unique within the connector.</summary>
    public required string UpstreamId { get; init; }

    public string? DisplayName { get; set; }

    /// <summary>As last read. For a local account this row is authoritative.</summary>
    public IReadOnlyList<string> Groups { get; set; } = [];

    public DateTimeOffset GroupsReadAt { get; set; }

    /// <summary>When the directory says that the password was last changed, by its own clock; null if it doesn't say.</summary>
    public DateTimeOffset? PasswordChangedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a login was last completed.</summary>
    public DateTimeOffset? LastLoginAt { get; set; }

    /// <summary>The methods of that login: the <c>amr</c> of its session.</summary>
    public string? LastLoginAmr { get; set; }

    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>
    /// Increased by everything that invalidates unfinished logins: a completed login, a changed password or factor, disabling. The
    /// protected cookie of a login carries the epoch in which it began.
    /// </summary>
    public long FactorEpoch { get; set; }

    /// <summary>
    /// Wrong second factors since the last right one. Its limit is hard, because whoever guesses here has already given a first proof, such
    /// as the password.
    /// </summary>
    public int FactorFailures { get; set; }

    /// <summary>SHA-256 of the one-time enrolment code, which is needed to set up the first factor.</summary>
    public byte[]? EnrolmentCodeHash { get; set; }

    public DateTimeOffset? EnrolmentCodeExpiresAt { get; set; }

    /// <summary>
    /// SHA-256 of the token in an invitation link. The person chooses a password and sets up a second factor; both happen in one step,
    /// which uses the invitation up.
    /// </summary>
    public byte[]? InvitationHash { get; set; }

    public DateTimeOffset? InvitationExpiresAt { get; set; }

    /// <summary>When the account was removed. The row stays to reserve the name for a while and to keep the audit log readable.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>When the personal data was erased; this row no longer identifies the person.</summary>
    public DateTimeOffset? ErasedAt { get; set; }
}
