using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
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
        if (query.Type is { } type && !AuditEventType.All.Contains(type))
            return ApiProblem.Invalid(http, $"There is no audit event type {type}.");
        var cursor = AuditCursor.Parse(query.Cursor);
        if (query.Cursor is not null && cursor is null) return ApiProblem.Invalid(http, ApiPage.WrongCursor);

        if (ApiAddress.FaultOf(query.Address) is { } fault) return ApiProblem.Invalid(http, fault);

        var filter = new AuditFilter(query.Type, Identifier.OrNull<PersonId>(query.PersonId), Identifier.OrNull<SessionId>(query.Session),
            Identifier.OrNull<ClientId>(query.Client),
            query.Address is null ? null : AddressRange.Parse(query.Address), query.Since, query.Until, cursor);
        return TypedResults.Ok(ApiPage<ApiAuditEvent>.Of(await search.FindAsync(filter, ct), ApiAuditEvent.Of));
    }
}
