using System.ComponentModel;
using KubeIdP.Core.Identifiers;
using KubeIdP.Core.Network;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Api;

/// <summary>Who is signed in, and the end of it.</summary>
internal static class SessionsApi
{
    private const string NoSession = "There is no session of this id.";

    public static void MapSessionsApi(this IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("sessions");
        sessions.MapGet("/", ListAsync).Needs(ApiScopes.SessionsRead).WithName("listSessions").WithSummary("The live sessions, those that last longest first.");
        sessions.MapGet("/{id}", ReadAsync).Needs(ApiScopes.SessionsRead).MayNotFind().WithName("getSession").WithSummary("One session, also one that has ended.");
        sessions.MapPost("/{id}/end", EndAsync).Needs(ApiScopes.SessionsEnd).MayNotFind().WithName("endSession").WithSummary("Ends a session: from the answer on no replica issues anything for it.");
        sessions.MapPost("/{id}/grants/{grantId}/end", EndGrantAsync).Needs(ApiScopes.SessionsEnd).MayNotFind().WithName("endGrant").WithSummary("Ends what one client has in a session; the session goes on.");
        sessions.MapPost("/end/preview", PreviewAsync).Needs(ApiScopes.SessionsEnd).WithName("previewEnding").WithSummary("How many live sessions a filter means.");
        sessions.MapPost("/end", EndManyAsync).Needs(ApiScopes.SessionsEnd).MayConflict().WithName("endSessions").WithSummary("Ends all live sessions that a filter means, those included that begin meanwhile.");
    }

    private static async Task<Results<Ok<ApiPage<ApiSession>>, ProblemHttpResult>> ListAsync(
        [AsParameters] SessionQuery query, [FromQuery, Description("The next of the page before.")] string? cursor, SessionSearch search, SessionOptions options, HttpContext http, CancellationToken ct)
    {
        var before = SessionCursor.Parse(cursor);
        if (cursor is not null && before is null) return ApiProblem.Invalid(http, ApiPage.WrongCursor);
        if (query.Fault is { } fault) return ApiProblem.Invalid(http, fault);

        return TypedResults.Ok(ApiPage<ApiSession>.Of(await search.FindAsync(query.ToFilter(options) with { Cursor = before }, ct), ApiSession.Of));
    }

    private static async Task<Results<Ok<ApiSessionDetails>, ProblemHttpResult>> ReadAsync(string id, SessionSearch search, HttpContext http, CancellationToken ct) =>
        await search.ReadAsync(new SessionId(id), ct) is { } session ? TypedResults.Ok(ApiSessionDetails.Of(session)) : ApiProblem.NotFound(http, NoSession);

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> EndAsync(
        string id, ApiReason body, SessionAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        var end = await administration.EndAsync(new SessionId(id), ApiCaller.Of(http).Because(http, reason, body.Tell), ct);
        return end is not SessionEndOutcome.NotFound
            ? TypedResults.Ok(new ApiChange(end is SessionEndOutcome.Ended))
            : ApiProblem.NotFound(http, NoSession);
    }

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> EndGrantAsync(
        string id, string grantId, ApiReason body, SessionAdministration administration, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        var end = await administration.EndGrantAsync(new SessionId(id), Identifier.OrNull<GrantId>(grantId), ApiCaller.Of(http).Because(http, reason), ct);
        return end is not SessionEndOutcome.NotFound
            ? TypedResults.Ok(new ApiChange(end is SessionEndOutcome.Ended))
            : ApiProblem.NotFound(http, "There is no such grant in a session of this id.");
    }

    private static async Task<Results<Ok<ManySessions>, ProblemHttpResult>> PreviewAsync(SessionQuery filter, SessionAdministration administration, SessionOptions options, HttpContext http, CancellationToken ct)
    {
        if (filter.Fault is { } fault) return ApiProblem.Invalid(http, fault);

        var size = await administration.MeasureAsync(filter.ToFilter(options), ct);
        return TypedResults.Ok(new ManySessions(size.Sessions, size.People));
    }

    private static async Task<Results<Ok<EndedSessions>, ProblemHttpResult>> EndManyAsync(EndMany body, SessionAdministration administration, SessionOptions options, HttpContext http, CancellationToken ct)
    {
        if (ReasonField.Of(body.Reason) is not { } reason) return ApiProblem.Invalid(http, ApiReason.Missing);

        // Everybody is meant by an empty filter alone, never by a forgotten one.
        if (body.Filter is null) return ApiProblem.Invalid(http, "A filter is needed; an empty one means everybody.");
        if (body.Filter.Fault is { } fault) return ApiProblem.Invalid(http, fault);

        var filter = body.Filter.ToFilter(options);
        var size = await administration.MeasureAsync(filter, ct);
        if (size.Sessions != body.Sessions) return ApiProblem.Conflict(http, $"The filter means {size.Sessions} sessions of {size.People} people, not {body.Sessions}. Nothing was ended.");

        // Whoever has asked for it may hang up: it goes on to its end.
        var ended = await administration.EndAllAsync(
            filter, ApiCaller.Of(http).Because(http, reason, body.Tell), progress: null, CancellationToken.None);
        return TypedResults.Ok(new EndedSessions(ended));
    }
}

/// <summary>Which live sessions; what is left out may be whatever it is.</summary>
internal sealed record SessionQuery
{
    [Description("Part of a user name, a display name or a mail address.")]
    public string? Person { get; init; }

    [Description("The sessions of this very subject.")]
    public string? PersonId { get; init; }

    [Description("Of members of this group, as their directory names it.")]
    public string? Group { get; init; }

    [Description("Where this client has something open.")]
    public string? Client { get; init; }

    [Description("Begun from this address, or from one of this network, such as 10.0.0.0/8.")]
    public string? Address { get; init; }

    [Description("A name of RFC 8176 that is among the session's amr.")]
    public string? Method { get; init; }

    [Description("Begun at this moment or later.")]
    public DateTimeOffset? Since { get; init; }

    [Description("Begun at this moment or earlier.")]
    public DateTimeOffset? Until { get; init; }

    /// <summary>Null: it can be used.</summary>
    internal string? Fault => ApiAddress.FaultOf(Address);

    /// <summary>Only without a <see cref="Fault"/>, for what can't be read would mean everybody.</summary>
    public SessionFilter ToFilter(SessionOptions options) => new()
    {
        Person = Person, PersonId = Identifier.OrNull<PersonId>(PersonId), Group = Group, ClientId = Identifier.OrNull<ClientId>(Client), Address = Address is null ? null : AddressRange.Parse(Address), Method = Method, Since = Since, Until = Until, IdleTimeout = options.IdleTimeout,
    };
}

/// <summary>Whether anything had to be done.</summary>
/// <param name="Changed">False: it was so already.</param>
internal sealed record ApiChange(bool Changed);

/// <summary>How many live sessions, of how many people.</summary>
internal sealed record ManySessions(long Sessions, long People);

/// <summary>How many sessions have ended.</summary>
internal sealed record EndedSessions(long Ended);

/// <summary>The end of many sessions.</summary>
/// <param name="Filter">Which; an empty one: all.</param>
/// <param name="Sessions">How many that is, as previewEnding said: what has changed since is not ended unseen.</param>
/// <param name="Reason">For the audit.</param>
/// <param name="Tell">Whether the people whose sessions end read the reason where they sign in again.</param>
internal sealed record EndMany(SessionQuery Filter, long Sessions, string Reason, bool Tell = false);
