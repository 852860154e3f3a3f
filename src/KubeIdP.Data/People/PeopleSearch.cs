using System.Data.Common;
using System.Text.Json;
using KubeIdP.Core.Naming;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Which people to list. Null: whatever it may be.</summary>
/// <param name="Text">Part of a user name, a display name or a mail address.</param>
/// <param name="Status">Null: everybody but the removed.</param>
/// <param name="After">The cursor: the last normalized name of the page before.</param>
public sealed record PeopleFilter(string? Text = null, PersonStatus? Status = null, string? Group = null, string? Connector = null, string? After = null)
{
    /// <summary>Who has this very name, which is one person; whatever their status, unless that is asked for too.</summary>
    public string? Username { get; init; }
}

/// <summary>A person in a list.</summary>
public record ListedPerson
{
    public required string Id { get; init; }

    public required string Username { get; init; }

    public required string? DisplayName { get; init; }

    public required string? Email { get; init; }

    public required string Connector { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    public required PersonStatus Status { get; init; }

    public required int LiveSessions { get; init; }

    public bool IsLocal => Connector == ConnectorId.Local.Value;

    /// <inheritdoc cref="UserName.MixesScripts"/>
    public bool MixesScripts => UserName.MixesScripts(Username);
}

/// <summary>A person with all that an administrator may know of them; no hash of anything is among it.</summary>
public sealed record ShownPerson : ListedPerson
{
    public required DateTimeOffset GroupsReadAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? DisabledAt { get; init; }

    public required DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Null when there is none, or its time is over.</summary>
    public required DateTimeOffset? EnrolmentCodeExpiresAt { get; init; }

    /// <summary>Null when there is none, or its time is over.</summary>
    public required DateTimeOffset? InvitationExpiresAt { get; init; }

    /// <summary>Wrong codes since the last right one.</summary>
    public required int FactorFailures { get; init; }

    public required IReadOnlyList<OwnFactor> Factors { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>People as an administrator looks for them.</summary>
public sealed class PeopleSearch(Database database)
{
    public const int PageSize = 50;

    private string Columns => $"""
        p.id, p.user_name, p.display_name, p.email, p.connector, p.groups, {PersonStatuses.Sql},
        (SELECT count(*) FROM sessions s WHERE s.person_id = p.id AND s.ended_at IS NULL AND s.ends_at > {database.Now})
        """;

    /// <summary>In the order of their names.</summary>
    public async Task<ListPage<ListedPerson>> FindAsync(PeopleFilter filter, CancellationToken ct)
    {
        var which = ConditionsOf(filter);
        await using var connection = await database.OpenAsync(ct);
        await using var search = await database.BeginSearchAsync(connection, ct);
        await using var command = database.Command(connection, $"""
            SELECT {Columns}, p.normalized_user_name FROM people p WHERE {which.Sql} ORDER BY p.normalized_user_name LIMIT {PageSize + 1}
            """, which.Parameters);
        command.Transaction = search;
        await using var row = await command.ExecuteReaderAsync(ct);
        var people = new List<ListedPerson>();
        string? last = null;
        while (await row.ReadAsync(ct))
        {
            if (people.Count == PageSize) return new ListPage<ListedPerson>(people, last);

            people.Add(Listed(row));
            last = row.GetString(8);
        }

        return new ListPage<ListedPerson>(people, Next: null);
    }

    /// <summary>Null when there is no such person; a removed one is there.</summary>
    public async Task<ShownPerson?> ReadAsync(string personId, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var factors = await FactorsAsync(connection, personId, ct);
        await using var command = database.Command(connection, $"""
            SELECT {Columns}, p.groups_read_at, p.created_at, p.disabled_at, p.removed_at,
                   CASE WHEN p.enrolment_code_expires_at > {database.Now} THEN p.enrolment_code_expires_at END,
                   CASE WHEN p.invitation_expires_at > {database.Now} THEN p.invitation_expires_at END, p.factor_failures, {database.Now}
            FROM people p WHERE p.id = @id
            """, ("id", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;

        var listed = Listed(row);
        return new ShownPerson
        {
            Id = listed.Id, Username = listed.Username, DisplayName = listed.DisplayName, Email = listed.Email, Connector = listed.Connector,
            Groups = listed.Groups, Status = listed.Status, LiveSessions = listed.LiveSessions,
            GroupsReadAt = row.Moment(8),
            CreatedAt = row.Moment(9),
            DisabledAt = row.MomentOrNull(10),
            RemovedAt = row.MomentOrNull(11),
            EnrolmentCodeExpiresAt = row.MomentOrNull(12),
            InvitationExpiresAt = row.MomentOrNull(13),
            FactorFailures = row.GetInt32(14),
            Factors = factors,
            Now = row.Moment(15),
        };
    }

    private Conditions ConditionsOf(PeopleFilter filter)
    {
        var which = new Conditions();
        if (filter.After is { } after) which.Add("p.normalized_user_name > @after", ("after", after));
        if (filter.Username is { } name) which.Add("p.normalized_user_name = @name", ("name", UserName.Normalize(name)));
        if (filter.Text is { } text) which.Add(HoldsText(database, "text", "exact"), ("text", UserName.Normalize(text)), ("exact", text));
        if (filter.Group is { } group) which.Add(HoldsGroup(database, "group"), ("group", GroupText(group)));
        if (filter.Connector is { } connector) which.Add("p.connector = @connector", ("connector", connector));
        if (filter.Status is { } status) which.Add($"({PersonStatuses.Sql}) = @status", ("status", (int)status));
        else if (filter.Username is null) which.Add("p.removed_at IS NULL");
        return which;
    }

    /// <summary>Whether a row p of <c>people</c> has this in a name or its address; display names are compared as typed too, for SQLite lowers ASCII alone.</summary>
    internal static string HoldsText(Database database, string lower, string exact) => $"""
        ({database.TextHolds("p.normalized_user_name", lower)} OR {database.TextHolds("lower(coalesce(p.display_name, ''))", lower)}
            OR {database.TextHolds("coalesce(p.display_name, '')", exact)} OR {database.TextHolds("lower(coalesce(p.email, ''))", lower)})
        """;

    /// <summary>Whether a row p of <c>people</c> is in a group, compared with <see cref="GroupText"/>: far faster than to take each list apart.</summary>
    internal static string HoldsGroup(Database database, string parameter) => database.TextHolds("p.groups", parameter);

    /// <summary>A group as it stands in a stored list. With its quotes, which stand in no name (JSON escapes them), it matches the whole of a name.</summary>
    internal static string GroupText(string group) => JsonSerializer.Serialize(group, JsonSerializerOptions.Default);

    private static ListedPerson Listed(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Username = row.GetString(1),
        DisplayName = row.StringOrNull(2),
        Email = row.StringOrNull(3),
        Connector = row.GetString(4),
        Groups = row.Texts(5),
        Status = (PersonStatus)row.GetInt32(6),
        LiveSessions = row.GetInt32(7),
    };

    private async Task<List<OwnFactor>> FactorsAsync(DbConnection connection, string personId, CancellationToken ct)
    {
        await using var command = database.Command(connection, FactorRows.OfPerson, ("id", personId));
        await using var row = await command.ExecuteReaderAsync(ct);
        var factors = new List<OwnFactor>();
        while (await row.ReadAsync(ct))
            factors.Add(FactorRows.Own(row));
        return factors;
    }
}
