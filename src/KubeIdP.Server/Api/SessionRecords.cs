using KubeIdP.Cli.Api;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Api;

/// <summary>Rows of the database as the API's records of sessions.</summary>
internal static class SessionRecords
{
    public static ApiSession Of(ShownSession session) => new()
    {
        Id = session.Id, PersonId = session.PersonId, Username = session.Username, Address = session.Address,
        UserAgent = session.UserAgent, AuthTime = session.AuthTime, Amr = session.Amr, Kind = session.Kind, LastSeenAt = session.LastSeenAt,
        LastUsedAt = session.LastUsedAt, EndsAt = session.EndsAt, Grants = [.. session.Grants.Select(Of)],
    };

    public static ApiSessionDetails DetailsOf(ShownSession session) => new()
    {
        Id = session.Id, PersonId = session.PersonId, Username = session.Username, Address = session.Address,
        UserAgent = session.UserAgent, AuthTime = session.AuthTime, Amr = session.Amr, Kind = session.Kind, LastSeenAt = session.LastSeenAt,
        LastUsedAt = session.LastUsedAt, EndsAt = session.EndsAt, Grants = [.. session.Grants.Select(Of)],
        IsLive = session.IsLive, EndedAt = session.EndedAt, EndedBy = session.EndedBy, EndedByName = session.EndedByName,
        EndedWhy = session.EndedWhy,
    };

    private static ApiGrant Of(ShownGrant grant) =>
        new(grant.Id, grant.ClientId, grant.RedeemedAt, grant.LastUsedAt, grant.Refreshes, grant.EndedAt, grant.EndedWhy);
}
