using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Sessions;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Sessions;

/// <summary>
/// The columns of a row of <c>sessions</c>: how it is written when it is opened, and how it is read wherever it is shown.
/// </summary>
internal static class SessionRows
{
    /// <summary>Of a row s of <c>sessions</c> and its person p, for <see cref="Read"/>.</summary>
    public static string Columns(Database database) => $"""
        s.id, s.person_id, p.user_name, s.address, s.user_agent, s.auth_time, s.amr, s.kind, s.last_seen_at, s.ends_at, s.ended_at,
            s.ended_by, s.ended_why,
        {database.Now} AS now
        """;

    public static Task<int> InsertAsync(UnitOfWork work, NewSession session, CancellationToken ct) => work.ExecuteAsync($"""
        INSERT INTO sessions (id, person_id, login_id, auth_time, amr, address, user_agent, last_seen_at, ends_at)
        VALUES (@id, @person, @login, {work.Database.Now}, @amr, @address, @user_agent, {work.Database.Now},
            {work.Database.Now} + @lifetime)
        """, ct, ("id", session.Id), ("person", session.PersonId), ("login", session.LoginId), ("amr", session.Amr),
        ("address", session.Address), ("user_agent", session.UserAgent), ("lifetime", session.Lifetime));

    public static ShownSession Read(Row row) => new()
    {
        Id = row.Id<SessionId>("id"),
        PersonId = row.Id<PersonId>("person_id"),
        Username = row.Text("user_name"),
        Address = row.TextOrNull("address"),
        UserAgent = row.TextOrNull("user_agent"),
        AuthTime = row.Moment("auth_time"),
        Amr = row.Text("amr"),
        Kind = (SessionKind)row.Int("kind"),
        LastSeenAt = row.Moment("last_seen_at"),
        EndsAt = row.Moment("ends_at"),
        EndedAt = row.MomentOrNull("ended_at"),
        EndedBy = row.TextOrNull("ended_by"),
        EndedWhy = row.TextOrNull("ended_why"),
        Now = row.Moment("now"),
    };
}
