using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Administration;

/// <summary>What came of ending a session, or what a client has in it.</summary>
internal enum SessionEndOutcome
{
    Ended,
    OverAlready,
    NotFound,
}

/// <summary>
/// How administrators end sessions. The pages, the API and the commands on the database call it, each with its actor, whose reason they
/// have asked for.
/// All sessions of a person: <see cref="PersonAct.EndSessions"/>.
/// </summary>
internal sealed class SessionAdministration(
    SessionSearch search, SessionStore sessions, GrantStore grants, BulkEnding bulk, ILogger<SessionAdministration> log)
{
    /// <summary>From the answer on no replica issues anything for the session.</summary>
    public async Task<SessionEndOutcome> EndAsync(SessionId sessionId, Actor by, CancellationToken ct)
    {
        if (await search.ReadAsync(sessionId, ct) is not { } session) return SessionEndOutcome.NotFound;

        var audit = by.Did(AuditEventType.SessionEnded, session.PersonId, GrantEnd.EndedByAdministrator) with { SessionId = sessionId };
        if (!await sessions.EndAsync(sessionId, by.Name, GrantEnd.EndedByAdministrator, audit, ct)) return SessionEndOutcome.OverAlready;

        log.SessionEndedByAdministrator(by.Name, sessionId);
        return SessionEndOutcome.Ended;
    }

    /// <summary>Ends what one client has in a session; the session goes on.</summary>
    /// <param name="grantId">One of this session; any other is not found.</param>
    public async Task<SessionEndOutcome> EndGrantAsync(SessionId sessionId, GrantId? grantId, Actor by, CancellationToken ct)
    {
        if (await search.ReadAsync(sessionId, ct) is not { } session || session.Grants.FirstOrDefault(of => of.Id == grantId) is not { } grant)
            return SessionEndOutcome.NotFound;

        var audit = by.Did(AuditEventType.GrantEnded, session.PersonId, GrantEnd.EndedByAdministrator) with
        {
            SessionId = sessionId, GrantId = grant.Id, ClientId = grant.ClientId,
        };
        if (!await grants.EndAsync(grant.Id, grant.ClientId, GrantEnd.EndedByAdministrator, audit)) return SessionEndOutcome.OverAlready;

        log.GrantEndedByAdministrator(by.Name, grant.Id);
        return SessionEndOutcome.Ended;
    }

    /// <summary>How many live sessions a filter means, and of how many people.</summary>
    public Task<BulkSize> MeasureAsync(SessionFilter filter, CancellationToken ct) => bulk.MeasureAsync(filter, ct);

    /// <summary>Ends all live sessions that a filter means, those included that begin meanwhile; the number of the ended.</summary>
    /// <param name="progress">Told the number of the ended, on the way; null: nobody looks.</param>
    public async Task<long> EndAllAsync(SessionFilter filter, Actor by, Action<long>? progress, CancellationToken ct)
    {
        var ended = await bulk.EndAsync(filter, by, GrantEnd.EndedByAdministrator, progress, ct);
        log.ManySessionsEnded(by.Name, ended);
        return ended;
    }
}
