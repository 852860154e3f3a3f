using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Reports;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Reports;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>Works on the database itself, also when no server runs.</summary>
internal sealed class DatabaseAdministration(
    PersonAdministration administration, SessionAdministration sessions, SessionSearch search, PeopleSearch people,
    AuditSearch audit, PeopleReport peopleReport, ClientReport clientReport, ClientCatalog clients,
    Sessions.SessionOptions options) : IAdministration
{
    public async Task<ListPage<ApiSession>> SessionsAsync(SessionFilter filter, CancellationToken ct) =>
        PageOf(await search.FindAsync(filter with { IdleTimeout = options.IdleTimeout }, ct), ApiSession.Of);

    public async Task<ApiSessionDetails?> SessionAsync(string id, CancellationToken ct) =>
        await search.ReadAsync(new SessionId(id), ct) is { } session ? ApiSessionDetails.Of(session) : null;

    public async Task<bool> EndSessionAsync(string id, EndingReason reason, CancellationToken ct) =>
        await sessions.EndAsync(new SessionId(id), By(reason), ct) is SessionEndOutcome.Ended;

    public Task<BulkSize> MeasureAsync(SessionFilter filter, CancellationToken ct) => sessions.MeasureAsync(filter, ct);

    public Task<long> EndSessionsAsync(SessionFilter filter, BulkSize size, EndingReason reason, Action<long>? progress,
        CancellationToken ct) =>
        sessions.EndAllAsync(filter, By(reason), progress, ct);

    public async Task<ListPage<ApiPerson>> PeopleAsync(PeopleFilter filter, CancellationToken ct) =>
        PageOf(await people.FindAsync(filter, ct), ApiPerson.Of);

    public async Task<ApiPersonDetails?> PersonAsync(string id, CancellationToken ct) =>
        await people.ReadAsync(new PersonId(id), ct) is { } person ? ApiPersonDetails.Of(person) : null;

    public Task<PersonAdded> AddAsync(NewAccount account, string? reason, CancellationToken ct) =>
        administration.AddAsync(account, By(reason), ct);

    public Task<AccountChange> DoAsync(PersonAct act, string id, PersonActValue? value, EndingReason reason, CancellationToken ct) =>
        administration.DoAsync(act, new PersonId(id), value, By(reason), ct);

    public async Task<EnrolmentResult> EnrolAsync(IReadOnlyList<string> names, string? upstream, bool mailed, string? reason,
        CancellationToken ct) => await administration.EnrolAsync(names, upstream, mailed, By(reason), ct) switch
    {
        EnrolmentAnswer.Done(var codes) => new EnrolmentResult.Done(ApiEnrolmentCodes.Of(codes)),
        EnrolmentAnswer.NoMailServer => new EnrolmentResult.NoMailServer(),
        EnrolmentAnswer.NoSuchUpstream => new EnrolmentResult.NoSuchUpstream(),
        _ => throw new InvalidOperationException("An answer of an unknown kind."),
    };

    public async Task<ApiPersonalData?> ExportAsync(string id, string? reason, CancellationToken ct) =>
        await administration.ExportAsync(new PersonId(id), By(reason), ct) is { } record ? ApiPersonalData.Of(record) : null;

    public Task<Erasure> EraseAsync(string id, string? reason, CancellationToken ct) =>
        administration.EraseAsync(new PersonId(id), By(reason), ct);

    public async Task<ListPage<ApiAuditEvent>> AuditEventsAsync(AuditFilter filter, CancellationToken ct) =>
        PageOf(await audit.FindAsync(filter, ct), ApiAuditEvent.Of);

    public async Task<IReadOnlyList<ApiReportedPerson>?> ReportPeopleAsync(PeopleReportFilter filter, string? client, CancellationToken ct)
    {
        var named = client is null ? null : clients.Find(client);
        return client is not null && named is null
            ? null
            : await peopleReport.ReadAsync(filter, named, ct).Select(ApiReportedPerson.Of).ToListAsync(ct);
    }

    public async Task<IReadOnlyList<ApiReportedClient>> ReportClientsAsync(CancellationToken ct) =>
        [.. (await clientReport.ReadAsync(ct)).Select(client => ApiReportedClient.Of(client, clients))];

    private static ListPage<T> PageOf<TRow, T>(ListPage<TRow> page, Func<TRow, T> row) => new([.. page.Rows.Select(row)], page.Next);

    private static Actor By(string? reason) => Actor.CommandLine with { Reason = reason };

    private static Actor By(EndingReason reason) => By(reason.Text) with { ShowsReason = reason.Tell };
}
