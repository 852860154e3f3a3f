using KubeIdP.Cli;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Audit;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Reports;

namespace KubeIdP.Server.Commands;

/// <summary>Works on the database itself, also when no server runs.</summary>
internal sealed class DatabaseAdministration(
    PersonAdministration administration, SessionAdministration sessions, SessionSearch search, DeviceAdministration devices,
    PeopleSearch people, AuditSearch audit, PeopleReport peopleReport, ClientReport clientReport, ClientCatalog clients,
    SessionOptions options)
    : IAdministration
{
    public async Task<ApiPage<ApiSession>> SessionsAsync(SessionQuery query, string? cursor, CancellationToken ct)
    {
        Refuse(SessionFilters.FaultOf(query, cursor));
        return ApiPages.Of(await search.FindAsync(SessionFilters.Of(query, options, cursor), ct), SessionRecords.Of);
    }

    public async Task<ApiSessionDetails?> SessionAsync(string id, CancellationToken ct) =>
        await search.ReadAsync(new SessionId(id), ct) is { } session ? SessionRecords.DetailsOf(session) : null;

    public async Task<bool> EndSessionAsync(string id, EndingReason reason, CancellationToken ct) =>
        await sessions.EndAsync(new SessionId(id), By(reason), ct) is SessionEndOutcome.Ended;

    public async Task<ManySessions> MeasureAsync(SessionQuery query, CancellationToken ct)
    {
        Refuse(SessionFilters.FaultOf(query));
        var size = await sessions.MeasureAsync(SessionFilters.Of(query, options), ct);
        return new ManySessions(size.Sessions, size.People);
    }

    public Task<long> EndSessionsAsync(
        SessionQuery query, ManySessions size, EndingReason reason, Action<long>? progress, CancellationToken ct)
    {
        Refuse(SessionFilters.FaultOf(query));
        return sessions.EndAllAsync(SessionFilters.Of(query, options), By(reason), progress, ct);
    }

    public async Task<ApiPage<ApiDeviceRequest>> DeviceRequestsAsync(string? cursor, CancellationToken ct)
    {
        RefuseWithoutDeviceCodes();
        Refuse(cursor is null || DeviceAdministration.IsCursor(cursor) ? null : ApiPages.WrongCursor);
        return ApiPages.Of(await devices.ListAsync(cursor, ct), DeviceRequestRecords.Of);
    }

    public async Task<bool> DenyDeviceRequestAsync(string id, string? reason, CancellationToken ct)
    {
        RefuseWithoutDeviceCodes();
        return await devices.DenyAsync(id, By(reason), ct) switch
        {
            DeviceDenial.Denied => true,
            DeviceDenial.OverAlready => false,
            _ => throw new CommandFault(DeviceAdministration.NoRequest),
        };
    }

    public async Task<ApiPage<ApiPerson>> PeopleAsync(PeopleQuery query, CancellationToken ct)
    {
        Refuse(PeopleFilters.FaultOf(query));
        return ApiPages.Of(await people.FindAsync(PeopleFilters.Of(query), ct), PersonRecords.Of);
    }

    public async Task<ApiPersonDetails?> PersonAsync(string id, CancellationToken ct) =>
        await people.ReadAsync(new PersonId(id), ct) is { } person ? PersonRecords.DetailsOf(person) : null;

    public async Task<AddedPerson> AddAsync(NewPersonBody account, CancellationToken ct)
    {
        var typed = new NewAccount(account.Username, account.Email, account.Groups ?? [], account.Password)
        {
            DisplayName = account.DisplayName,
        };
        return await administration.AddAsync(typed, By(account.Reason), ct) switch
        {
            PersonAdded.Done made => PersonRecords.Of(made),
            PersonAdded.Refused(var faults) => throw new CommandFault(string.Join('\n', faults)),
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };
    }

    public async Task<ActResult?> DoAsync(PersonAct act, string id, PersonActValue? value, EndingReason reason, CancellationToken ct) =>
        await administration.DoAsync(act, new PersonId(id), value, By(reason), ct) switch
        {
            AccountChange.IssuedSecret made => new ActResult.IssuedSecret(made.Secret, made.ExpiresAt),
            AccountChange.Done => new ActResult.Done(),
            AccountChange.Unchanged => new ActResult.Unchanged(),
            AccountChange.Refused(var reasons) => throw new CommandFault(string.Join('\n', reasons)),
            _ => null,
        };

    public async Task<ApiEnrolmentCodes> EnrolAsync(EnrolBody body, CancellationToken ct) =>
        await administration.EnrolAsync(body.Names, body.Upstream, body.Mail, By(body.Reason), ct) switch
        {
            EnrolmentAnswer.Done(var codes) => EnrolmentRecords.Of(codes),
            EnrolmentAnswer.NoMailServer =>
                throw new CommandFault("No mail server is configured: set smtp.server and smtp.from.", ExitCode.Misused),
            EnrolmentAnswer.NoSuchUpstream => throw new CommandFault($"There is no upstream {body.Upstream}."),
            _ => throw new InvalidOperationException("An answer of an unknown kind."),
        };

    public async Task<ApiPersonalData?> ExportAsync(string id, string? reason, CancellationToken ct) =>
        await administration.ExportAsync(new PersonId(id), By(reason), ct) is { } record ? PersonRecords.AllOf(record) : null;

    public async Task<EraseResult?> EraseAsync(string id, string? reason, CancellationToken ct) =>
        await administration.EraseAsync(new PersonId(id), By(reason), ct) switch
        {
            Erasure.Done(var events) => new EraseResult.Done(events),
            Erasure.StillActive => new EraseResult.StillActive(),
            _ => null,
        };

    public async Task<ApiPage<ApiAuditEvent>> AuditEventsAsync(AuditQuery query, CancellationToken ct)
    {
        Refuse(AuditFilters.FaultOf(query));
        return ApiPages.Of(await audit.FindAsync(AuditFilters.Of(query), ct), AuditRecords.Of);
    }

    public async Task<IReadOnlyList<ApiReportedPerson>> ReportPeopleAsync(PeopleReportQuery query, CancellationToken ct)
    {
        if (PeopleFilters.FaultOf(query, clients) is { } fault) throw new CommandFault(fault);

        var client = query.Client is null ? null : clients.Find(query.Client);
        return await peopleReport.ReadAsync(PeopleFilters.Of(query), client, ct).Select(PersonRecords.ReportedOf).ToListAsync(ct);
    }

    public async Task<IReadOnlyList<ApiReportedClient>> ReportClientsAsync(CancellationToken ct) =>
        [.. (await clientReport.ReadAsync(ct)).Select(client => ReportRecords.Of(client, clients))];

    private void RefuseWithoutDeviceCodes()
    {
        if (!clients.HasDeviceCode) throw new CommandFault(DeviceAdministration.NotOn);
    }

    private static Actor By(string? reason) => Actor.CommandLine with { Reason = reason };

    private static Actor By(EndingReason reason) => By(reason.Text) with { ShowsReason = reason.Tell };

    private static void Refuse(string? fault)
    {
        if (fault is not null) throw new CommandFault(fault, ExitCode.Misused);
    }
}
