using System.ComponentModel;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
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
        var before = SessionCursor.Parse(cursor);
        if (cursor is not null && before is null) return ApiProblem.Invalid(http, ApiPage.WrongCursor);
        if (query.Fault is { } fault) return ApiProblem.Invalid(http, fault);

        return TypedResults.Ok(
            ApiPage<ApiSession>.Of(await search.FindAsync(query.ToFilter(options) with { Cursor = before }, ct), ApiSession.Of));
    }

    private static async Task<Results<Ok<ApiSessionDetails>,
        ProblemHttpResult>> ReadAsync(string id, SessionSearch search, HttpContext http, CancellationToken ct) =>
        await search.ReadAsync(new SessionId(id), ct) is { } session
            ? TypedResults.Ok(ApiSessionDetails.Of(session))
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
        if (filter.Fault is { } fault) return ApiProblem.Invalid(http, fault);

        var size = await administration.MeasureAsync(filter.ToFilter(options), ct);
        return TypedResults.Ok(new ManySessions(size.Sessions, size.People));
    }

    private static async Task<Results<Ok<EndedSessions>,
        ProblemHttpResult>> EndManyAsync(EndMany body, SessionAdministration administration, SessionOptions options, HttpContext http,
            CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        // Only an empty filter matches all sessions; a missing one is refused.
        if (body.Filter is null) return ApiProblem.Invalid(http, "filter is required; an empty filter matches the sessions of all people.");
        if (body.Filter.Fault is { } fault) return ApiProblem.Invalid(http, fault);

        var filter = body.Filter.ToFilter(options);
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

/// <summary>The filter for live sessions; missing members match everything.</summary>
internal sealed record SessionQuery
{
    [Description("Part of a user name, a display name or an email address.")]
    public string? Person { get; init; }

    [Description("Sessions of this subject.")]
    public string? PersonId { get; init; }

    [Description("Sessions of members of this group, by its name in the directory.")]
    public string? Group { get; init; }

    [Description("Sessions with a live grant for this client.")]
    public string? Client { get; init; }

    [Description("Sessions that began from this address or network, such as 10.0.0.0/8.")]
    public string? Address { get; init; }

    [Description("Sessions with this value (RFC 8176) in amr.")]
    public string? Method { get; init; }

    [Description("Sessions that began at this time or later.")]
    public DateTimeOffset? Since { get; init; }

    [Description("Sessions that began at this time or earlier.")]
    public DateTimeOffset? Until { get; init; }

    /// <summary>What is wrong with the filter; null when it is valid.</summary>
    internal string? Fault => ApiAddress.FaultOf(Address);

    /// <summary>Only without a <see cref="Fault"/>: an unreadable value would match the sessions of all people.</summary>
    public SessionFilter ToFilter(SessionOptions options) => new()
    {
        Person = Person, PersonId = Identifier.OrNull<PersonId>(PersonId), Group = Group, ClientId = Identifier.OrNull<ClientId>(Client),
            Address = Address is null ? null : AddressRange.Parse(Address), Method = Method, Since = Since, Until = Until,
            IdleTimeout = options.IdleTimeout,
    };
}

/// <summary>The result of a change.</summary>
/// <param name="Changed">False when nothing had to be changed.</param>
internal sealed record ApiChange(bool Changed);

/// <summary>The number of live sessions, and of their people.</summary>
internal sealed record ManySessions(long Sessions, long People);

/// <summary>The number of ended sessions.</summary>
internal sealed record EndedSessions(long Ended);

/// <summary>A request to end many sessions.</summary>
/// <param name="Filter">The filter; an empty one matches all sessions.</param>
/// <param name="Sessions">The number from previewEnding. If it has changed since, nothing is ended.</param>
/// <param name="Reason">For the audit log.</param>
/// <param name="Tell">Whether the people whose sessions end see the reason on the login page.</param>
internal sealed record EndMany(SessionQuery Filter, long Sessions, string Reason, bool Tell = false);
