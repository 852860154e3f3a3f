using System.ComponentModel;
using KubeIdP.Data.Audit;
using KubeIdP.Server.Issuer;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Api;

/// <summary>What happened.</summary>
internal static class AuditApi
{
    public static void MapAuditApi(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", ListAsync).Needs(ApiScopes.AuditRead).WithTags("audit").WithName("listFacts").WithSummary("Who did what to whom, the latest first.");

    private static async Task<Results<Ok<ApiPage<ShownFact>>, ProblemHttpResult>> ListAsync([AsParameters] FactQuery query, AuditSearch search, HttpContext http, CancellationToken ct)
    {
        if (query.Type is { } type && !AuditEventType.All.Contains(type)) return ApiProblem.Invalid(http, $"{type} is no kind of fact.");
        var cursor = AuditCursor.Parse(query.Before);
        if (query.Before is not null && cursor is null) return ApiProblem.Invalid(http, "before takes what an earlier page said.");

        var filter = new AuditFilter(query.Type, query.PersonId, query.Session, query.Client, query.Address, query.Since, query.Until, cursor);
        return TypedResults.Ok(ApiPage<ShownFact>.Of(await search.FindAsync(filter, ct)));
    }
}

/// <summary>Which facts; what is left out may be whatever it is.</summary>
internal sealed record FactQuery(
    [property: FromQuery, Description("The kind of fact, such as session.ended.")] string? Type,
    [property: FromQuery, Description("The subject who did it, or to whom it was done.")] string? PersonId,
    [property: FromQuery, Description("Within this session.")] string? Session,
    [property: FromQuery, Description("About this client.")] string? Client,
    [property: FromQuery, Description("From this address.")] string? Address,
    [property: FromQuery, Description("From this moment on.")] DateTimeOffset? Since,
    [property: FromQuery, Description("Before this moment.")] DateTimeOffset? Until,
    [property: FromQuery, Description("The next of the page before.")] string? Before);
