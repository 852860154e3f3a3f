using System.ComponentModel;
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

        var filter = new AuditFilter(query.Type, query.PersonId, query.Session, query.Client,
            query.Address is null ? null : AddressRange.Parse(query.Address), query.Since, query.Until, cursor);
        return TypedResults.Ok(ApiPage<ApiAuditEvent>.Of(await search.FindAsync(filter, ct), ApiAuditEvent.Of));
    }
}

/// <summary>The filter for audit events; missing members match everything.</summary>
internal sealed record AuditQuery
{
    [Description("The type, such as session.ended.")]
    public string? Type { get; init; }

    [Description("The subject of the actor or of the affected person.")]
    public string? PersonId { get; init; }

    [Description("Within this session.")]
    public string? Session { get; init; }

    [Description("About this client.")]
    public string? Client { get; init; }

    [Description("From this address, or from one of this network, such as 10.0.0.0/8.")]
    public string? Address { get; init; }

    [Description("At this time or later.")]
    public DateTimeOffset? Since { get; init; }

    [Description("Before this time.")]
    public DateTimeOffset? Until { get; init; }

    [Description("The value of next from the previous page.")]
    public string? Cursor { get; init; }
}
