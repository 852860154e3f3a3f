using KubeIdP.Cli.Api;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api;

/// <summary>The audit log.</summary>
internal static class AuditApi
{
    public static void MapAuditApi(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", ListAsync).Needs(ApiScopes.AuditRead).WithTags("audit").WithName("listAuditEvents")
            .WithSummary("Lists audit events, the latest first.");

    private static async Task<Results<Ok<ApiPage<ApiAuditEvent>>, ProblemHttpResult>> ListAsync(
        [AsParameters] AuditQuery query, AuditSearch search, HttpContext http, CancellationToken ct)
    {
        if (AuditFilters.FaultOf(query) is { } fault) return ApiProblem.Invalid(http, fault);

        return TypedResults.Ok(ApiPages.Of(await search.FindAsync(AuditFilters.Of(query), ct), AuditRecords.Of));
    }
}
