using System.ComponentModel;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Api;

/// <summary>Live and ended sessions, and ending them.</summary>
internal static class SessionsApi
{
    private const string NoSession = "There is no session with this id.";

    public static void MapSessionsApi(this IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("sessions");
        sessions.MapGet("/", ListAsync).Needs(ApiScopes.SessionsRead).WithName("listSessions")
            .WithSummary("Lists live sessions, those that end last first.");
        sessions.MapGet("/{id}", ReadAsync).Needs(ApiScopes.SessionsRead).MayNotFind().WithName("getSession")
            .WithSummary("Returns one session, also an ended one.");
        sessions.MapPost("/{id}/end", EndAsync).Needs(ApiScopes.SessionsEnd).MayNotFind().WithName("endSession")
            .WithSummary("Ends a session: after the response, no replica issues anything for it.");
        sessions.MapPost("/{id}/grants/{grantId}/end", EndGrantAsync).Needs(ApiScopes.SessionsEnd).MayNotFind().WithName("endGrant")
            .WithSummary("Ends the grant of one client in a session; the session continues.");
        sessions.MapPost("/end/preview", PreviewAsync).Needs(ApiScopes.SessionsEnd).WithName("previewEnding")
            .WithSummary("Counts the live sessions that match a filter.");
        sessions.MapPost("/end", EndManyAsync).Needs(ApiScopes.SessionsEnd).MayConflict().WithName("endSessions")
            .WithSummary("Ends all live sessions that match a filter, including those that begin meanwhile.");
    }

    private static async Task<Results<Ok<ApiPage<ApiSession>>, ProblemHttpResult>> ListAsync(
        [AsParameters] SessionQuery query, [FromQuery, Description("The value of next from the previous page.")] string? cursor,
        SessionSearch search, SessionOptions options, HttpContext http, CancellationToken ct)
    {
        if (SessionFilters.FaultOf(query, cursor) is { } fault) return ApiProblem.Invalid(http, fault);

        return TypedResults.Ok(ApiPages.Of(await search.FindAsync(SessionFilters.Of(query, options, cursor), ct), SessionRecords.Of));
    }

    private static async Task<Results<Ok<ApiSessionDetails>,
        ProblemHttpResult>> ReadAsync(string id, SessionSearch search, HttpContext http, CancellationToken ct) =>
        await search.ReadAsync(new SessionId(id), ct) is { } session
            ? TypedResults.Ok(SessionRecords.DetailsOf(session))
            : ApiProblem.NotFound(http, NoSession);

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> EndAsync(
        string id, ApiReason body, SessionAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        var end = await administration.EndAsync(new SessionId(id), ApiCaller.Of(http).ActorFor(http, reason, body.Tell), ct);
        return end is not SessionEndOutcome.NotFound
            ? TypedResults.Ok(new ApiChange(end is SessionEndOutcome.Ended))
            : ApiProblem.NotFound(http, NoSession);
    }

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> EndGrantAsync(
        string id, string grantId, ApiReason body, SessionAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        var end = await administration.EndGrantAsync(new SessionId(id), Identifier.OrNull<GrantId>(grantId),
            ApiCaller.Of(http).ActorFor(http, reason), ct);
        return end is not SessionEndOutcome.NotFound
            ? TypedResults.Ok(new ApiChange(end is SessionEndOutcome.Ended))
            : ApiProblem.NotFound(http, "There is no such grant in a session with this id.");
    }

    private static async Task<Results<Ok<ManySessions>,
        ProblemHttpResult>> PreviewAsync(SessionQuery filter, SessionAdministration administration, SessionOptions options,
            HttpContext http, CancellationToken ct)
    {
        if (SessionFilters.FaultOf(filter) is { } fault) return ApiProblem.Invalid(http, fault);

        var size = await administration.MeasureAsync(SessionFilters.Of(filter, options), ct);
        return TypedResults.Ok(new ManySessions(size.Sessions, size.People));
    }

    private static async Task<Results<Ok<EndedSessions>,
        ProblemHttpResult>> EndManyAsync(EndMany body, SessionAdministration administration, SessionOptions options, HttpContext http,
            CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        // Only an empty filter matches all sessions; a missing one is refused.
        if (body.Filter is null) return ApiProblem.Invalid(http, "filter is required; an empty filter matches the sessions of all people.");
        if (SessionFilters.FaultOf(body.Filter) is { } fault) return ApiProblem.Invalid(http, fault);

        var filter = SessionFilters.Of(body.Filter, options);
        var size = await administration.MeasureAsync(filter, ct);
        if (size.Sessions != body.Sessions)
            return ApiProblem.Conflict(http,
                $"The filter matches {size.Sessions} sessions of {size.People} people, not {body.Sessions}. Nothing was ended.");

        // It is completed even if the caller disconnects.
        var ended = await administration.EndAllAsync(
            filter, ApiCaller.Of(http).ActorFor(http, reason, body.Tell), progress: null, CancellationToken.None);
        return TypedResults.Ok(new EndedSessions(ended));
    }
}
