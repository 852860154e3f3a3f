using System.Globalization;
using System.Net;
using System.Text.Json;
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
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Commands.Administration;

/// <summary>Works through the API of a running server, as the owner of the token.</summary>
/// <param name="http">Sends the token; has no base address.</param>
/// <param name="issuer">Without a slash at its end.</param>
internal sealed class ServerAdministration(HttpClient http, string issuer) : IAdministration
{
    public async Task<ListPage<ApiSession>> SessionsAsync(SessionFilter filter, CancellationToken ct)
    {
        var query = QueryOf(filter);
        return PageOf(await GetAsync<ApiPage<ApiSession>>($"/sessions{Query(
            ("person", query.Person), ("personId", query.PersonId), ("group", query.Group), ("client", query.Client),
            ("address", query.Address), ("method", query.Method),
            ("since", query.Since), ("until", query.Until), ("cursor", filter.Cursor))}", ct));
    }

    public Task<ApiSessionDetails?> SessionAsync(string id, CancellationToken ct) =>
        FindAsync<ApiSessionDetails>($"/sessions/{Escape(id)}", ct);

    public async Task<bool> EndSessionAsync(string id, EndingReason reason, CancellationToken ct) =>
        (await PostAsync<ApiChange>($"/sessions/{Escape(id)}/end", new ApiReason(reason.Text!, reason.Tell), ct)).Changed;

    public async Task<BulkSize> MeasureAsync(SessionFilter filter, CancellationToken ct)
    {
        var size = await PostAsync<ManySessions>("/sessions/end/preview", QueryOf(filter), ct);
        return new BulkSize(size.Sessions, size.People);
    }

    public async Task<long> EndSessionsAsync(SessionFilter filter, BulkSize size, EndingReason reason, Action<long>? progress,
        CancellationToken ct) =>
        (await PostAsync<EndedSessions>("/sessions/end", new EndMany(QueryOf(filter), size.Sessions, reason.Text!, reason.Tell), ct)).Ended;

    public async Task<ListPage<ApiPerson>> PeopleAsync(PeopleFilter filter, CancellationToken ct) =>
        PageOf(await GetAsync<ApiPage<ApiPerson>>($"/people{Query(
            ("search", filter.Text), ("username", filter.Username), ("status", filter.Status), ("group", filter.Group),
            ("upstream", filter.Connector), ("cursor", filter.Cursor))}", ct));

    public Task<ApiPersonDetails?> PersonAsync(string id, CancellationToken ct) => FindAsync<ApiPersonDetails>($"/people/{Escape(id)}", ct);

    public async Task<PersonAdded> AddAsync(NewAccount account, string? reason, CancellationToken ct)
    {
        var body = new NewPersonBody(account.Username, reason!, account.Email, account.Groups, account.Password, account.DisplayName);
        var added = await PostAsync<AddedPerson>("/people", body, ct);
        return added.InvitationLink is { } link
            ? new PersonAdded.Done(new PersonId(added.Id), IssuedSecretKind.InvitationLink, link, added.ExpiresAt)
            : new PersonAdded.Done(new PersonId(added.Id), IssuedSecretKind.EnrolmentCode, added.EnrolmentCode!, added.ExpiresAt);
    }

    public async Task<AccountChange> DoAsync(PersonAct act, string id, PersonActValue? value, EndingReason reason, CancellationToken ct)
    {
        var definition = PersonActs.Of(act);
        var path = $"/people/{Escape(id)}/{definition.Path}";
        if (definition.Argument is { } argument)
            return ChangeOf(await PutAsync<ApiChange>(path, ApiActBody.Of(argument, value!, reason.Text!, reason.Tell), ct));

        var body = new ApiReason(reason.Text!, reason.Tell);
        if (definition.Issues is null) return ChangeOf(await PostAsync<ApiChange>(path, body, ct));

        var made = await PostAsync<IssuedSecretBody>(path, body, ct);
        return new AccountChange.IssuedSecret(made.Secret, made.ExpiresAt);
    }

    public async Task<EnrolmentResult> EnrolAsync(IReadOnlyList<string> names, string? upstream, bool mailed, string? reason,
        CancellationToken ct) =>
        new EnrolmentResult.Done(
            await PostAsync<ApiEnrolmentCodes>("/people/enrolment-codes", new EnrolBody(names, reason!, upstream, mailed), ct));

    public async Task<ApiPersonalData?> ExportAsync(string id, string? reason, CancellationToken ct) =>
        await PostAsync<ApiPersonalData>($"/people/{Escape(id)}/export", new ApiReason(reason!), ct);

    public async Task<Erasure> EraseAsync(string id, string? reason, CancellationToken ct) =>
        new Erasure.Done((await PostAsync<ErasedPerson>($"/people/{Escape(id)}/erase", new ApiReason(reason!), ct)).AuditEvents);

    public async Task<ListPage<ApiAuditEvent>> AuditEventsAsync(AuditFilter filter, CancellationToken ct) =>
        PageOf(await GetAsync<ApiPage<ApiAuditEvent>>($"/audit{Query(
        ("type", filter.Type), ("personId", filter.PersonId), ("session", filter.SessionId), ("client", filter.ClientId),
        ("address", filter.Address), ("since", filter.From), ("until", filter.Until),
        ("cursor", filter.Cursor))}", ct));

    public async Task<IReadOnlyList<ApiReportedPerson>?> ReportPeopleAsync(PeopleReportFilter filter, string? client, CancellationToken ct)
    {
        var rows = new List<ApiReportedPerson>();
        for (string? cursor = null; ;)
        {
            var page = await GetAsync<ApiPage<ApiReportedPerson>>($"/reports/people{Query(
                ("group", filter.Group), ("client", client), ("upstream", filter.Connector), ("dormant", filter.DormantFor?.Days),
                ("noPhishingResistantFactor", filter.WithoutPhishingResistantFactor),
                ("cursor", cursor))}", ct);
            rows.AddRange(page.Items);
            if ((cursor = page.Next) is null) return rows;
        }
    }

    public Task<IReadOnlyList<ApiReportedClient>> ReportClientsAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<ApiReportedClient>>("/reports/clients", ct);

    private static SessionQuery QueryOf(SessionFilter filter) => new()
    {
        Person = filter.Person, PersonId = filter.PersonId, Group = filter.Group, Client = filter.ClientId,
            Address = filter.Address?.ToString(), Method = filter.Method, Since = filter.Since, Until = filter.Until,
    };

    private static ListPage<T> PageOf<T>(ApiPage<T> page) => new(page.Items, page.Next);

    private static AccountChange ChangeOf(ApiChange change) => change.Changed ? new AccountChange.Done() : new AccountChange.Unchanged();

    private static string Escape(string id) => Uri.EscapeDataString(id);

    private static string Query(params (string Name, object? Value)[] parameters)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in parameters)
        {
            if (value is not null and not false)
                query.Add(name,
                    value is DateTimeOffset moment
                        ? moment.ToString("O", CultureInfo.InvariantCulture)
                        : Convert.ToString(value is Enum named ? JsonNamingPolicy.CamelCase.ConvertName($"{named}") : value,
                            CultureInfo.InvariantCulture)!);
        }

        return query.ToString();
    }

    private Task<T> GetAsync<T>(string path, CancellationToken ct) => SendAsync<T>(HttpMethod.Get, path, body: null, ct);

    private Task<T> PostAsync<T>(string path, object body, CancellationToken ct) => SendAsync<T>(HttpMethod.Post, path, body, ct);

    private Task<T> PutAsync<T>(string path, object body, CancellationToken ct) => SendAsync<T>(HttpMethod.Put, path, body, ct);

    private async Task<T?> FindAsync<T>(string path, CancellationToken ct)
        where T : class
    {
        try
        {
            return await GetAsync<T>(path, ct);
        }
        catch (ServerFault fault) when (fault.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, $"{issuer}{ApiScopes.Path}{path}");
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: ApiJson.Options);
        using var response = await http.SendAsync(request, ct);
        if (!response.IsSuccessStatusCode) throw await FaultOfAsync(response, ct);

        return await response.Content.ReadFromJsonAsync<T>(ApiJson.Options, ct)
            ?? throw new ServerFault($"The response of {issuer} is empty.", response.StatusCode);
    }

    private async Task<ServerFault> FaultOfAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(ApiJson.Options, ct);
            if (problem is { Detail: { } detail })
                return new ServerFault(problem.Extensions.TryGetValue(ErrorPages.ReferenceMember, out var reference)
                    ? $"{detail} (reference {reference})"
                    : detail, response.StatusCode);
        }
        catch (JsonException)
        {
            // Something else, such as a proxy, answered in its place.
        }

        return new ServerFault(
            $"{issuer} answered with status {(int)response.StatusCode}, but not as this API does. Check that this is the address of the "
            + $"issuer.", response.StatusCode);
    }
}
