using System.Linq.Expressions;
using KubeIdP.Data;
using KubeIdP.Data.People;
using Microsoft.EntityFrameworkCore;

namespace KubeIdP.Server.Commands;

/// <summary>A person as the commands show them; no hash of anything is among it.</summary>
internal sealed record UserRow
{
    public required string Name { get; init; }

    public required string Subject { get; init; }

    /// <summary>Where the account lives.</summary>
    public required string Connector { get; init; }

    public required string? Email { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>active, not enrolled (no second factor yet), invited (no password yet), disabled or removed.</summary>
    public required string Status { get; init; }

    public required int Factors { get; init; }

    public required int LiveSessions { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? EnrolmentCodeExpiresAt { get; init; }

    public required DateTimeOffset? InvitationExpiresAt { get; init; }

    public required DateTimeOffset? DisabledAt { get; init; }

    public required DateTimeOffset? RemovedAt { get; init; }

    public static async Task<List<UserRow>> ReadAsync(KubeIdpDbContext db, Expression<Func<Person, bool>> which, DateTimeOffset now, CancellationToken ct)
    {
        var people = await (
            from person in db.People.AsNoTracking().Where(which)
            orderby person.NormalizedUserName
            select new
            {
                Person = person,
                Factors = db.Factors.Count(factor => factor.PersonId == person.Id),
                LiveSessions = db.Sessions.Count(session => session.PersonId == person.Id && session.EndedAt == null && session.EndsAt > now),
            }).ToListAsync(ct);
        return [.. people.Select(row => Of(row.Person, row.Factors, row.LiveSessions))];
    }

    private static UserRow Of(Person person, int factors, int liveSessions) => new()
    {
        Name = person.UserName!,
        Subject = person.Id,
        Connector = person.Connector,
        Email = person.Email,
        Groups = person.Groups,
        Status = StatusOf(person, factors),
        Factors = factors,
        LiveSessions = liveSessions,
        CreatedAt = person.CreatedAt,
        EnrolmentCodeExpiresAt = person.EnrolmentCodeExpiresAt,
        InvitationExpiresAt = person.InvitationExpiresAt,
        DisabledAt = person.DisabledAt,
        RemovedAt = person.RemovedAt,
    };

    private static string StatusOf(Person person, int factors)
    {
        if (person.RemovedAt is not null) return "removed";
        if (person.DisabledAt is not null) return "disabled";
        if (person.PasswordHash is null && person.InvitationHash is not null) return "invited";
        return factors == 0 ? "not enrolled" : "active";
    }
}
