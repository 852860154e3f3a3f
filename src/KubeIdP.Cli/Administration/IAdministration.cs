using KubeIdP.Cli.Api;

namespace KubeIdP.Cli.Administration;

/// <summary>
/// What commands do to people and sessions: on the database, or through the API of a running server. A reason may be null only on the
/// database. What is refused is a <see cref="CommandFault"/> that says why.
/// </summary>
internal interface IAdministration
{
    /// <summary>A page of live sessions.</summary>
    Task<ApiPage<ApiSession>> SessionsAsync(SessionQuery query, string? cursor, CancellationToken ct);

    /// <summary>Null when there is none; ended sessions are found too.</summary>
    Task<ApiSessionDetails?> SessionAsync(string id, CancellationToken ct);

    /// <summary>False when it had already ended.</summary>
    Task<bool> EndSessionAsync(string id, EndingReason reason, CancellationToken ct);

    Task<ManySessions> MeasureAsync(SessionQuery query, CancellationToken ct);

    /// <summary>The number of ended sessions.</summary>
    /// <param name="query">Which sessions.</param>
    /// <param name="size">What was measured and confirmed.</param>
    /// <param name="reason">Why they end.</param>
    /// <param name="progress">Called with the number of sessions ended so far, where that is known.</param>
    /// <param name="ct">Ends it before all have ended.</param>
    Task<long> EndSessionsAsync(SessionQuery query, ManySessions size, EndingReason reason, Action<long>? progress, CancellationToken ct);

    /// <summary>A page of the live requests of machines without a browser.</summary>
    Task<ApiPage<ApiDeviceRequest>> DeviceRequestsAsync(string? cursor, CancellationToken ct);

    /// <summary>False when it was decided already.</summary>
    Task<bool> DenyDeviceRequestAsync(string id, string? reason, CancellationToken ct);

    Task<ApiPage<ApiPerson>> PeopleAsync(PeopleQuery query, CancellationToken ct);

    /// <summary>By subject. Null when there is nobody; removed people are found too.</summary>
    Task<ApiPersonDetails?> PersonAsync(string id, CancellationToken ct);

    /// <param name="account">Its reason may be null only on the database.</param>
    /// <param name="ct">Cancels it.</param>
    Task<AddedPerson> AddAsync(NewPersonBody account, CancellationToken ct);

    /// <summary>Null when there is nobody.</summary>
    /// <param name="act">The act.</param>
    /// <param name="id">The subject.</param>
    /// <param name="value">Of the kind of the act's argument; null for an act without one.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Cancels it.</param>
    Task<ActResult?> DoAsync(PersonAct act, string id, PersonActValue? value, EndingReason reason, CancellationToken ct);

    Task<ApiEnrolmentCodes> EnrolAsync(EnrolBody people, CancellationToken ct);

    /// <summary>Null when there is nobody.</summary>
    Task<ApiPersonalData?> ExportAsync(string id, string? reason, CancellationToken ct);

    /// <summary>Null when there is nobody.</summary>
    Task<EraseResult?> EraseAsync(string id, string? reason, CancellationToken ct);

    Task<ApiPage<ApiAuditEvent>> AuditEventsAsync(AuditQuery query, CancellationToken ct);

    /// <summary>All of them; the cursor of the query is not used.</summary>
    Task<IReadOnlyList<ApiReportedPerson>> ReportPeopleAsync(PeopleReportQuery query, CancellationToken ct);

    Task<IReadOnlyList<ApiReportedClient>> ReportClientsAsync(CancellationToken ct);
}
