using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Reports;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>
/// What commands do to people and sessions: on the database, or through the API of a running server. A reason may be null only on the
/// database.
/// </summary>
internal interface IAdministration
{
    /// <summary>A page of live sessions; <see cref="SessionFilter.Cursor"/> is its cursor.</summary>
    Task<ListPage<ApiSession>> SessionsAsync(SessionFilter filter, CancellationToken ct);

    /// <summary>Null when there is none; ended sessions are found too.</summary>
    Task<ApiSessionDetails?> SessionAsync(string id, CancellationToken ct);

    /// <summary>False when it had already ended.</summary>
    Task<bool> EndSessionAsync(string id, EndingReason reason, CancellationToken ct);

    Task<BulkSize> MeasureAsync(SessionFilter filter, CancellationToken ct);

    /// <summary>The number of ended sessions.</summary>
    /// <param name="size">What was measured and confirmed.</param>
    /// <param name="progress">Called with the number of sessions ended so far, where that is known.</param>
    Task<long> EndSessionsAsync(SessionFilter filter, BulkSize size, EndingReason reason, Action<long>? progress, CancellationToken ct);

    Task<ListPage<ApiPerson>> PeopleAsync(PeopleFilter filter, CancellationToken ct);

    /// <summary>By subject. Null when there is nobody; removed people are found too.</summary>
    Task<ApiPersonDetails?> PersonAsync(string id, CancellationToken ct);

    Task<PersonAdded> AddAsync(NewAccount account, string? reason, CancellationToken ct);

    /// <param name="value">Of the kind of the act's argument; null for an act without one.</param>
    Task<AccountChange> DoAsync(PersonAct act, string id, PersonActValue? value, EndingReason reason, CancellationToken ct);

    /// <param name="upstream">The upstream to search; null: that of the domain in the name, or the only one that has the name.</param>
    Task<EnrolmentResult> EnrolAsync(IReadOnlyList<string> names, string? upstream, bool mailed, string? reason, CancellationToken ct);

    /// <summary>Null when there is nobody.</summary>
    Task<ApiPersonalData?> ExportAsync(string id, string? reason, CancellationToken ct);

    Task<Erasure> EraseAsync(string id, string? reason, CancellationToken ct);

    Task<ListPage<ApiAuditEvent>> AuditEventsAsync(AuditFilter filter, CancellationToken ct);

    /// <summary>Null when there is no such client.</summary>
    Task<IReadOnlyList<ApiReportedPerson>?> ReportPeopleAsync(PeopleReportFilter filter, string? client, CancellationToken ct);

    Task<IReadOnlyList<ApiReportedClient>> ReportClientsAsync(CancellationToken ct);
}
