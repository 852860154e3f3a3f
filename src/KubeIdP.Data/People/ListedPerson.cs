using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Naming;
using KubeIdP.Core.People;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Fragments;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>A person in a list.</summary>
public record ListedPerson
{
    public required PersonId Id { get; init; }

    public required string Username { get; init; }

    public required string? DisplayName { get; init; }

    public required string? Email { get; init; }

    public required ConnectorId Connector { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    public required PersonStatus Status { get; init; }

    public required int LiveSessions { get; init; }

    public bool IsLocal => Connector == ConnectorId.Local;

    /// <inheritdoc cref="UserName.MixesScripts"/>
    public bool MixesScripts => UserName.MixesScripts(Username);

    /// <summary>Of a row p of <c>people</c>, for <see cref="Read"/>.</summary>
    internal static string Columns(Database database) => $"""
        p.id, p.user_name, p.normalized_user_name, p.display_name, p.email, p.connector, p.groups, {PersonStatuses.Sql} AS status,
        {PersonSql.LiveSessions(database)} AS live_sessions
        """;

    internal static ListedPerson Read(Row row) => new()
    {
        Id = row.Id<PersonId>("id"),
        Username = row.Text("user_name"),
        DisplayName = row.TextOrNull("display_name"),
        Email = row.TextOrNull("email"),
        Connector = row.Id<ConnectorId>("connector"),
        Groups = row.Texts("groups"),
        Status = (PersonStatus)row.Int("status"),
        LiveSessions = row.Int("live_sessions"),
    };
}
