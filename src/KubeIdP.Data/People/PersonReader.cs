using System.Data.Common;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Finds one person as they are now. In plain SQL, for logins and refreshes wait for it.</summary>
public sealed class PersonReader(Database database)
{
    private const string Columns = """
        id, connector, upstream_id, user_name, normalized_user_name, display_name, email, normalized_email, email_confirmed, password_hash, groups, groups_read_at,
        password_changed_at, created_at, disabled_at, removed_at, factor_epoch, factor_failures, enrolment_code_hash, enrolment_code_expires_at,
        invitation_hash, invitation_expires_at, erased_at
        """;

    /// <summary>By the subject.</summary>
    public Task<Person?> FindAsync(string id, CancellationToken ct) => FindAsync("id = @id", ct, ("id", id));

    /// <summary>By the upstream's immutable id.</summary>
    public Task<Person?> FindAsync(ConnectorId connector, string upstreamId, CancellationToken ct) =>
        FindAsync("connector = @connector AND upstream_id = @upstream", ct, ("connector", connector.Value), ("upstream", upstreamId));

    /// <summary>By the name in its normal form, which is one person's alone; also one who is removed, while the name is reserved.</summary>
    public Task<Person?> FindByNameAsync(string normalizedName, CancellationToken ct) => FindAsync("normalized_user_name = @name", ct, ("name", normalizedName));

    private async Task<Person?> FindAsync(string condition, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = database.Command(connection, $"SELECT {Columns} FROM people WHERE {condition}", parameters);
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? Read(row) : null;
    }

    private static Person Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Connector = row.GetString(1),
        UpstreamId = row.GetString(2),
        UserName = row.GetString(3),
        NormalizedUserName = row.GetString(4),
        DisplayName = row.StringOrNull(5),
        Email = row.StringOrNull(6),
        NormalizedEmail = row.StringOrNull(7),
        EmailConfirmed = row.GetBoolean(8),
        PasswordHash = row.StringOrNull(9),
        Groups = row.Texts(10),
        GroupsReadAt = row.Moment(11),
        PasswordChangedAt = row.MomentOrNull(12),
        CreatedAt = row.Moment(13),
        DisabledAt = row.MomentOrNull(14),
        RemovedAt = row.MomentOrNull(15),
        FactorEpoch = row.GetInt64(16),
        FactorFailures = row.GetInt32(17),
        EnrolmentCodeHash = row.BytesOrNull(18),
        EnrolmentCodeExpiresAt = row.MomentOrNull(19),
        InvitationHash = row.BytesOrNull(20),
        InvitationExpiresAt = row.MomentOrNull(21),
        ErasedAt = row.MomentOrNull(22),
    };
}
