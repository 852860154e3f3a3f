using System.ComponentModel;
using KubeIdP.Data.Reports;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Reports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api;

/// <summary>What auditors ask for.</summary>
internal static class ReportsApi
{
    public static void MapReportsApi(this IEndpointRouteBuilder api)
    {
        var reports = api.MapGroup("/reports").WithTags("reports");
        reports.MapGet("/people", PeopleAsync).Needs(ApiScopes.ReportsRead).WithName("reportPeople").WithSummary("People with their groups, factors and last login, by name.");
        reports.MapGet("/clients", ClientsAsync).Needs(ApiScopes.ReportsRead).WithName("reportClients").WithSummary("How many people are signed in at each cluster and application.");
    }

    private static async Task<Results<Ok<ApiPage<ApiReportedPerson>>, ProblemHttpResult>> PeopleAsync(
        [AsParameters] PeopleReportQuery query, PeopleReport report, ClientCatalog clients, HttpContext http, CancellationToken ct)
    {
        if (query.Dormant is <= 0 or > 36_500) return ApiProblem.Invalid(http, "dormant takes a number of days.");

        Client? client = null;
        if (query.Client is { } id && (client = clients.Find(id)) is null) return ApiProblem.Invalid(http, $"There is no client {id} in the configuration.");

        var filter = new PeopleReportFilter
        {
            Group = query.Group, Connector = query.Connector, Cursor = query.Cursor,
            WithoutPhishingResistantFactor = query.NoPhishingResistantFactor ?? false,
            DormantFor = query.Dormant is { } days ? TimeSpan.FromDays(days) : null,
        };
        return TypedResults.Ok(ApiPage<ApiReportedPerson>.Of(await report.PageAsync(filter, client, ct), ApiReportedPerson.Of));
    }

    private static async Task<Ok<List<ApiReportedClient>>> ClientsAsync(ClientReport report, CancellationToken ct) =>
        TypedResults.Ok((await report.ReadAsync(ct)).Select(ApiReportedClient.Of).ToList());
}

/// <summary>Which people; what is left out may be whatever it is.</summary>
internal sealed record PeopleReportQuery
{
    [Description("Members of this group, as their directory names it.")]
    public string? Group { get; init; }

    [Description("Groups are named as in this client's tokens, in the filter and in the answer; a page may then have fewer entries, or none, and others behind it.")]
    public string? Client { get; init; }

    [Description("Where their accounts live; local is this server.")]
    public string? Connector { get; init; }

    [Description("Those who could sign in and have not for so many days.")]
    public int? Dormant { get; init; }

    [Description("Those who could sign in and have no factor that a forged page can't ask for.")]
    public bool? NoPhishingResistantFactor { get; init; }

    [Description("The next of the page before.")]
    public string? Cursor { get; init; }
}
