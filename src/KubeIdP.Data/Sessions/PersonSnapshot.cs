using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>What tokens contain about a person, as last known.</summary>
public sealed record PersonSnapshot
{
    public required PersonId Id { get; init; }

    public required ConnectorId Connector { get; init; }

    public required string UpstreamId { get; init; }

    public required string Username { get; init; }

    public required string? DisplayName { get; init; }

    public required string? Email { get; init; }

    public required bool EmailVerified { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The time as of which the row shows what the directory says.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    public required DateTimeOffset? PasswordChangedAt { get; init; }

    public required bool Disabled { get; init; }

    /// <summary>Of a row p of <c>people</c>, for <see cref="Read"/>.</summary>
    internal const string Columns = """
        p.id AS person_id, p.connector, p.upstream_id, p.user_name, p.display_name, p.email, p.email_confirmed, p.groups, p.groups_read_at,
        p.password_changed_at, p.disabled_at
        """;

    internal static PersonSnapshot Read(Row row) => new()
    {
        Id = row.Id<PersonId>("person_id"),
        Connector = row.Id<ConnectorId>("connector"),
        UpstreamId = row.Text("upstream_id"),
        Username = row.Text("user_name"),
        DisplayName = row.TextOrNull("display_name"),
        Email = row.TextOrNull("email"),
        EmailVerified = row.Flag("email_confirmed"),
        Groups = row.Texts("groups"),
        ReadAt = row.Moment("groups_read_at"),
        PasswordChangedAt = row.MomentOrNull("password_changed_at"),
        Disabled = !row.IsNull("disabled_at"),
    };
}
