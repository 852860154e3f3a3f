using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Upstreams;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Reports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api;

/// <summary>Reports for auditors.</summary>
internal static class ReportsApi
{
    public static void MapReportsApi(this IEndpointRouteBuilder api)
    {
        var reports = api.MapGroup("/reports").WithTags("reports");
        reports.MapGet("/people", PeopleAsync).Needs(ApiScopes.ReportsRead).WithName("reportPeople")
            .WithSummary("Reports people with their groups, factors and last login, by name.");
        reports.MapGet("/clients", ClientsAsync).Needs(ApiScopes.ReportsRead).WithName("reportClients")
            .WithSummary("Reports how many people are signed in at each cluster and application.");
    }

    private static async Task<Results<Ok<ApiPage<ApiReportedPerson>>, ProblemHttpResult>> PeopleAsync(
        [AsParameters] PeopleReportQuery query, PeopleReport report, ClientCatalog clients, HttpContext http, CancellationToken ct)
    {
        if (query.Dormant is <= 0 or > 36_500) return ApiProblem.Invalid(http, "dormant takes a number of days.");

        Client? client = null;
        if (query.Client is { } id && (client = clients.Find(id)) is null)
            return ApiProblem.Invalid(http, $"There is no client {id} in the configuration.");

        var filter = new PeopleReportFilter
        {
            Group = query.Group, Connector = Identifier.OrNull<ConnectorId>(query.Upstream), Cursor = query.Cursor,
            WithoutPhishingResistantFactor = query.NoPhishingResistantFactor ?? false,
            DormantFor = query.Dormant is { } days ? TimeSpan.FromDays(days) : null,
        };
        return TypedResults.Ok(ApiPage<ApiReportedPerson>.Of(await report.PageAsync(filter, client, ct), ApiReportedPerson.Of));
    }

    private static async Task<Ok<List<ApiReportedClient>>> ClientsAsync(ClientReport report, ClientCatalog clients, CancellationToken ct) =>
        TypedResults.Ok((await report.ReadAsync(ct)).Select(client => ApiReportedClient.Of(client, clients)).ToList());
}
