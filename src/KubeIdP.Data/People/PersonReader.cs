using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.People;

/// <summary>Finds one person. In plain SQL, because logins and refreshes wait for it.</summary>
public sealed class PersonReader(Database database)
{
    private const string Columns = """
        id, connector, upstream_id, user_name, normalized_user_name, display_name, email, normalized_email, email_confirmed, password_hash,
            groups, groups_read_at,
        password_changed_at, created_at, disabled_at, removed_at, factor_epoch, factor_failures, enrolment_code_hash,
            enrolment_code_expires_at,
        invitation_hash, invitation_expires_at, erased_at
        """;

    /// <summary>By the subject.</summary>
    public Task<Person?> FindAsync(PersonId id, CancellationToken ct) => FindAsync("id = @id", ct, ("id", id));

    /// <summary>By the upstream's immutable id.</summary>
    public Task<Person?> FindAsync(ConnectorId connector, string upstreamId, CancellationToken ct) =>
        FindAsync("connector = @connector AND upstream_id = @upstream", ct, ("connector", connector), ("upstream", upstreamId));

    /// <summary>By the normalized name, which is unique; also finds a removed person while their name is reserved.</summary>
    public Task<Person?> FindByNameAsync(string normalizedName, CancellationToken ct) =>
        FindAsync("normalized_user_name = @name", ct, ("name", normalizedName));

    private Task<Person?> FindAsync(string condition, CancellationToken ct, params (string Name, object? Value)[] parameters) =>
        database.FindAsync($"SELECT {Columns} FROM people WHERE {condition}", Read, ct, parameters);

    private static Person Read(Row row) => new()
    {
        Id = row.Text("id"),
        Connector = row.Text("connector"),
        UpstreamId = row.Text("upstream_id"),
        UserName = row.Text("user_name"),
        NormalizedUserName = row.Text("normalized_user_name"),
        DisplayName = row.TextOrNull("display_name"),
        Email = row.TextOrNull("email"),
        NormalizedEmail = row.TextOrNull("normalized_email"),
        EmailConfirmed = row.Flag("email_confirmed"),
        PasswordHash = row.TextOrNull("password_hash"),
        Groups = row.Texts("groups"),
        GroupsReadAt = row.Moment("groups_read_at"),
        PasswordChangedAt = row.MomentOrNull("password_changed_at"),
        CreatedAt = row.Moment("created_at"),
        DisabledAt = row.MomentOrNull("disabled_at"),
        RemovedAt = row.MomentOrNull("removed_at"),
        FactorEpoch = row.Long("factor_epoch"),
        FactorFailures = row.Int("factor_failures"),
        EnrolmentCodeHash = row.BytesOrNull("enrolment_code_hash"),
        EnrolmentCodeExpiresAt = row.MomentOrNull("enrolment_code_expires_at"),
        InvitationHash = row.BytesOrNull("invitation_hash"),
        InvitationExpiresAt = row.MomentOrNull("invitation_expires_at"),
        ErasedAt = row.MomentOrNull("erased_at"),
    };
}
