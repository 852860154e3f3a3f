using System.Net;
using KubeIdP.Cli.Api;

namespace KubeIdP.Cli.Administration;

/// <summary>Works through the API of a running server, as the owner of the token.</summary>
internal sealed class ApiAdministration(ApiClient api) : IAdministration
{
    private static readonly ApiJsonContext Json = ApiJsonContext.Default;

    public Task<ApiPage<ApiSession>> SessionsAsync(SessionQuery query, string? cursor, CancellationToken ct) =>
        api.GetAsync($"/sessions{QueryText.Of(
            ("person", query.Person), ("personId", query.PersonId), ("group", query.Group), ("client", query.Client),
            ("address", query.Address), ("method", query.Method), ("kind", query.Kind), ("since", QueryText.Value(query.Since)),
            ("until", QueryText.Value(query.Until)), ("cursor", cursor))}", Json.ApiPageApiSession, ct);

    public Task<ApiSessionDetails?> SessionAsync(string id, CancellationToken ct) =>
        api.FindAsync($"/sessions/{Escape(id)}", Json.ApiSessionDetails, ct);

    public async Task<bool> EndSessionAsync(string id, EndingReason reason, CancellationToken ct) =>
        (await api.PostAsync($"/sessions/{Escape(id)}/end", BodyOf(reason), Json.ApiReason, Json.ApiChange, ct)).Changed;

    public Task<ManySessions> MeasureAsync(SessionQuery query, CancellationToken ct) =>
        api.PostAsync("/sessions/end/preview", query, Json.SessionQuery, Json.ManySessions, ct);

    public async Task<long> EndSessionsAsync(
        SessionQuery query, ManySessions size, EndingReason reason, Action<long>? progress, CancellationToken ct) =>
        (await api.PostAsync("/sessions/end", new EndMany(query, size.Sessions, reason.Text!, reason.Tell), Json.EndMany,
            Json.EndedSessions, ct)).Ended;

    public Task<ApiPage<ApiDeviceRequest>> DeviceRequestsAsync(string? cursor, CancellationToken ct) =>
        api.GetAsync($"/device-codes{QueryText.Of(("cursor", cursor))}", Json.ApiPageApiDeviceRequest, ct);

    public async Task<bool> DenyDeviceRequestAsync(string id, string? reason, CancellationToken ct) =>
        (await api.PostAsync($"/device-codes/{Escape(id)}/deny", new ApiReason(reason!), Json.ApiReason, Json.ApiChange, ct)).Changed;

    public Task<ApiPage<ApiPerson>> PeopleAsync(PeopleQuery query, CancellationToken ct) =>
        api.GetAsync($"/people{QueryText.Of(
            ("search", query.Search), ("username", query.Username), ("status", query.Status), ("group", query.Group),
            ("upstream", query.Upstream), ("cursor", query.Cursor))}", Json.ApiPageApiPerson, ct);

    public Task<ApiPersonDetails?> PersonAsync(string id, CancellationToken ct) =>
        api.FindAsync($"/people/{Escape(id)}", Json.ApiPersonDetails, ct);

    public Task<AddedPerson> AddAsync(NewPersonBody account, CancellationToken ct) =>
        api.PostAsync("/people", account, Json.NewPersonBody, Json.AddedPerson, ct);

    public Task<ActResult?> DoAsync(PersonAct act, string id, PersonActValue? value, EndingReason reason, CancellationToken ct) =>
        OrNullAsync<ActResult>(async () =>
        {
            var form = PersonActForms.Of(act);
            var path = $"/people/{Escape(id)}/{form.Path}";
            if (form.Argument is { } argument)
            {
                var body = ApiActBody.Of(argument, value!, reason.Text!, reason.Tell);
                return ResultOf(await api.PutAsync(path, body, Json.ApiActBody, Json.ApiChange, ct));
            }

            if (form.Issues is null) return ResultOf(await api.PostAsync(path, BodyOf(reason), Json.ApiReason, Json.ApiChange, ct));

            var made = await api.PostAsync(path, BodyOf(reason), Json.ApiReason, Json.IssuedSecretBody, ct);
            return new ActResult.IssuedSecret(made.Secret, made.ExpiresAt);
        });

    public Task<ApiEnrolmentCodes> EnrolAsync(EnrolBody people, CancellationToken ct) =>
        api.PostAsync("/people/enrolment-codes", people, Json.EnrolBody, Json.ApiEnrolmentCodes, ct);

    public Task<ApiPersonalData?> ExportAsync(string id, string? reason, CancellationToken ct) => OrNullAsync(() =>
        api.PostAsync($"/people/{Escape(id)}/export", new ApiReason(reason!), Json.ApiReason, Json.ApiPersonalData, ct));

    public Task<EraseResult?> EraseAsync(string id, string? reason, CancellationToken ct) => OrNullAsync<EraseResult>(async () =>
    {
        try
        {
            var body = new ApiReason(reason!);
            var erased = await api.PostAsync($"/people/{Escape(id)}/erase", body, Json.ApiReason, Json.ErasedPerson, ct);
            return new EraseResult.Done(erased.AuditEvents);
        }
        catch (ApiFault fault) when (fault.Status is HttpStatusCode.Conflict)
        {
            return new EraseResult.StillActive();
        }
    });

    public Task<ApiPage<ApiAuditEvent>> AuditEventsAsync(AuditQuery query, CancellationToken ct) =>
        api.GetAsync($"/audit{QueryText.Of(
            ("type", query.Type), ("personId", query.PersonId), ("session", query.Session), ("client", query.Client),
            ("address", query.Address), ("since", QueryText.Value(query.Since)), ("until", QueryText.Value(query.Until)),
            ("cursor", query.Cursor))}", Json.ApiPageApiAuditEvent, ct);

    public async Task<IReadOnlyList<ApiReportedPerson>> ReportPeopleAsync(PeopleReportQuery query, CancellationToken ct)
    {
        var rows = new List<ApiReportedPerson>();
        for (string? cursor = null; ;)
        {
            var page = await api.GetAsync($"/reports/people{QueryText.Of(
                ("group", query.Group), ("client", query.Client), ("upstream", query.Upstream),
                ("dormant", QueryText.Value(query.Dormant)),
                ("noPhishingResistantFactor", QueryText.Value(query.NoPhishingResistantFactor)),
                ("cursor", cursor))}", Json.ApiPageApiReportedPerson, ct);
            rows.AddRange(page.Items);
            if ((cursor = page.Next) is null) return rows;
        }
    }

    public Task<IReadOnlyList<ApiReportedClient>> ReportClientsAsync(CancellationToken ct) =>
        api.GetAsync("/reports/clients", Json.IReadOnlyListApiReportedClient, ct);

    private static ApiReason BodyOf(EndingReason reason) => new(reason.Text!, reason.Tell);

    private static ActResult ResultOf(ApiChange change) => change.Changed ? new ActResult.Done() : new ActResult.Unchanged();

    private static string Escape(string id) => Uri.EscapeDataString(id);

    /// <summary>Null when the server has nobody with this subject.</summary>
    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (ApiFault fault) when (fault.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
