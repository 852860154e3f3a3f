using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Audit;
using KubeIdP.Data.People;
using KubeIdP.Data.Reports;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Enrolment;
using KubeIdP.Server.Onboarding;
using KubeIdP.Server.Reports;
using KubeIdP.Server.Throttling;
using KubeIdP.Server.Upstreams;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>On the database itself, also when no server runs.</summary>
internal sealed class DatabaseAdministration(
    SessionSearch search, SessionStore sessions, BulkEnding bulk, PeopleSearch people, LocalAccounts accounts, ThrottleReset guesses, EnrolmentRollOut rollOut, PersonalRecords records,
    PersonErasure erasure, AuditSearch audit, PeopleReport peopleReport, ClientReport clientReport, ClientCatalog clients, Sessions.SessionOptions options, IssuerUrl issuer) : IAdministration
{
    public Task<ListPage<ListedSession>> SessionsAsync(SessionFilter filter, CancellationToken ct) => search.FindAsync(filter with { IdleTimeout = options.IdleTimeout }, ct);

    public Task<ShownSession?> SessionAsync(string id, CancellationToken ct) => search.ReadAsync(id, ct);

    public Task<bool> EndSessionAsync(ShownSession session, EndingReason reason, CancellationToken ct)
    {
        var by = By(reason);
        var entry = by.Did(AuditEventType.SessionEnded, session.PersonId, GrantEnd.EndedByAdministrator) with { SessionId = session.Id };
        return sessions.EndAsync(session.Id, by.Name, GrantEnd.EndedByAdministrator, entry, ct);
    }

    public Task<BulkSize> MeasureAsync(SessionFilter filter, CancellationToken ct) => bulk.MeasureAsync(filter, ct);

    public Task<long> EndSessionsAsync(SessionFilter filter, BulkSize size, EndingReason reason, Action<long>? progress, CancellationToken ct) =>
        bulk.EndAsync(filter, By(reason), GrantEnd.EndedByAdministrator, progress, ct);

    public Task<ListPage<ListedPerson>> PeopleAsync(PeopleFilter filter, CancellationToken ct) => people.FindAsync(filter, ct);

    public Task<ShownPerson?> PersonAsync(string id, CancellationToken ct) => people.ReadAsync(id, ct);

    public async Task<PersonAdded> AddAsync(NewAccount account, string? reason, CancellationToken ct)
    {
        var answer = await accounts.AddAsync(account with { By = By(reason) }, ct);
        return answer is AddedAccount.Refused(var faults) ? new PersonAdded(null, [.. faults.Select(fault => fault.Message)]) : new PersonAdded(AddedPerson.Of(answer, issuer));
    }

    public async Task<AccountChange> ChangeAsync(ListedPerson person, PersonAct act, EndingReason reason, CancellationToken ct)
    {
        var by = By(reason);
        switch (act)
        {
            case PersonAct.Disable:
                return await accounts.DisableAsync(person.Id, by, ct);
            case PersonAct.Enable:
                return await accounts.EnableAsync(person.Id, by, ct);
            case PersonAct.Remove:
                return await accounts.RemoveAsync(person.Id, by, ct);
            case PersonAct.Unlock:
                await guesses.ForgetAsync(person.Id, by.Did(AuditEventType.LoginUnlocked, person.Id), ct);
                return new AccountChange.Done();
            case PersonAct.Invite:
                var invited = await accounts.InviteAsync(person.Id, by, ct);
                return invited is AccountChange.IssuedSecret link ? link with { Secret = Links.InvitationUrl(issuer, link.Secret) } : invited;
            case PersonAct.ResetFactors:
                return await accounts.ResetFactorsAsync(person.Id, by, ct);
            default:
                throw new ArgumentOutOfRangeException(nameof(act));
        }
    }

    public Task<AccountChange> SetGroupsAsync(string id, IReadOnlyList<string> groups, string? reason, CancellationToken ct) => accounts.SetGroupsAsync(id, groups, By(reason), ct);

    public Task<AccountChange> SetDisplayNameAsync(string id, string? displayName, string? reason, CancellationToken ct) => accounts.SetDisplayNameAsync(id, displayName, By(reason), ct);

    public async Task<EnrolmentCodes?> EnrolAsync(IReadOnlyList<string> names, string? connector, bool mailed, string? reason, CancellationToken ct) =>
        mailed && !rollOut.CanMail ? null : await rollOut.OfferAsync(names, connector is null ? null : new ConnectorId(connector), mailed, By(reason), ct);

    public Task<PersonalRecord?> ExportAsync(string id, string? reason, CancellationToken ct) => records.ReadAsync(id, By(reason), ct);

    public Task<Erasure> EraseAsync(string id, string? reason, CancellationToken ct) => erasure.EraseAsync(id, By(reason), ct);

    public Task<ListPage<ListedAuditEvent>> FactsAsync(AuditFilter filter, CancellationToken ct) => audit.FindAsync(filter, ct);

    public async Task<IReadOnlyList<PersonReportRow>?> ReportPeopleAsync(PeopleReportFilter filter, string? client, CancellationToken ct)
    {
        var named = client is null ? null : clients.Find(client);
        return client is not null && named is null ? null : await peopleReport.ReadAsync(filter, named, ct).ToListAsync(ct);
    }

    public Task<IReadOnlyList<ClientReportRow>> ReportClientsAsync(CancellationToken ct) => clientReport.ReadAsync(ct);

    private static Actor By(string? reason) => Actor.CommandLine with { Reason = reason };

    private static Actor By(EndingReason reason) => By(reason.Text) with { TellsReason = reason.Tell };
}
