using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.Sessions;

namespace KubeIdP.Server.Administration;

/// <summary>
/// Ends sessions for administrators. Called by the pages, the API and the commands on the database, each with its actor and the reason that
/// they have required. For all sessions of one person see <see cref="PersonAct.EndSessions"/>.
/// </summary>
internal sealed class SessionAdministration(
    SessionSearch search, SessionStore sessions, GrantStore grants, BulkEnding bulk, ILogger<SessionAdministration> log)
{
    /// <summary>When this returns, no replica issues anything for the session any more.</summary>
    public async Task<SessionEndOutcome> EndAsync(SessionId sessionId, Actor by, CancellationToken ct)
    {
        if (await search.ReadAsync(sessionId, ct) is null) return SessionEndOutcome.NotFound;
        if (!await sessions.EndAsync(sessionId, by, GrantEnd.EndedByAdministrator, ct)) return SessionEndOutcome.OverAlready;

        log.SessionEndedByAdministrator(by.Name, sessionId);
        return SessionEndOutcome.Ended;
    }

    /// <summary>Ends the grant of one client in a session; the session continues.</summary>
    /// <param name="grantId">A grant of this session; other grants are not found.</param>
    public async Task<SessionEndOutcome> EndGrantAsync(SessionId sessionId, GrantId? grantId, Actor by, CancellationToken ct)
    {
        if (await search.ReadAsync(sessionId, ct) is not { } session
            || session.Grants.FirstOrDefault(of => of.Id == grantId) is not { } grant)
            return SessionEndOutcome.NotFound;

        var audit = by.Did(AuditEventType.GrantEnded, session.PersonId, GrantEnd.EndedByAdministrator) with
        {
            SessionId = sessionId, GrantId = grant.Id, ClientId = grant.ClientId,
        };
        if (!await grants.EndAsync(grant.Id, grant.ClientId, GrantEnd.EndedByAdministrator, audit)) return SessionEndOutcome.OverAlready;

        log.GrantEndedByAdministrator(by.Name, grant.Id);
        return SessionEndOutcome.Ended;
    }

    /// <summary>How many live sessions match a filter, and of how many people.</summary>
    public Task<BulkSize> MeasureAsync(SessionFilter filter, CancellationToken ct) => bulk.MeasureAsync(filter, ct);

    /// <summary>
    /// Ends all live sessions that match a filter, including those that begin meanwhile, and returns the number of ended sessions.
    /// </summary>
    /// <param name="progress">Called with the number of sessions ended so far; null for no progress report.</param>
    public async Task<long> EndAllAsync(SessionFilter filter, Actor by, Action<long>? progress, CancellationToken ct)
    {
        var ended = await bulk.EndAsync(filter, by, GrantEnd.EndedByAdministrator, progress, ct);
        log.ManySessionsEnded(by.Name, ended);
        return ended;
    }
}
