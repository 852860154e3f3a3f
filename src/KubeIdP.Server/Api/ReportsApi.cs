using KubeIdP.Cli.Api;
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
        if (PeopleFilters.FaultOf(query, clients) is { } fault) return ApiProblem.Invalid(http, fault);

        var client = query.Client is null ? null : clients.Find(query.Client);
        return TypedResults.Ok(ApiPages.Of(await report.PageAsync(PeopleFilters.Of(query), client, ct), PersonRecords.ReportedOf));
    }

    private static async Task<Ok<List<ApiReportedClient>>> ClientsAsync(ClientReport report, ClientCatalog clients, CancellationToken ct) =>
        TypedResults.Ok((await report.ReadAsync(ct)).Select(client => ReportRecords.Of(client, clients)).ToList());
}
