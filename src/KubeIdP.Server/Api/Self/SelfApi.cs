using KubeIdP.Cli.Api;
using KubeIdP.Core.Factors;
using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.Api.Self;

/// <summary>
/// Everybody's own things as JSON, under <see cref="ApiScopes.SelfPath"/>: who they are, their sessions, and their clusters. It shows and
/// does nothing of other people: each statement takes the person from the token.
/// </summary>
internal static class SelfApi
{
    private const string NoSession = "You have no live session with this id.";

    public static void MapSelfApi(this IEndpointRouteBuilder api)
    {
        var self = api.MapGroup("/self").WithTags("self");
        self.MapGet("/", Describe).NeedsSelf().WithName("getSelf").WithSummary("Returns the person of the token, with their session.");
        self.MapGet("/sessions", ListAsync).NeedsSelf().WithName("listOwnSessions")
            .WithSummary("Lists one's own live sessions, the latest first.");
        self.MapPost("/sessions/{id}/end", EndAsync).NeedsSelf().MayNotFind().WithName("endOwnSession")
            .WithSummary("Ends one of one's own sessions: after the response, no replica issues anything for it.");
        self.MapSelfClusters();
    }

    /// <summary>Only for a person with a token for their own API.</summary>
    public static RouteHandlerBuilder NeedsSelf(this RouteHandlerBuilder endpoint) => endpoint
        .RequireAuthorization(SelfAuthentication.Policy).WithMetadata(new NeededScope(ApiScopes.Self))
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static Ok<SelfPerson> Describe(HttpContext http)
    {
        var (caller, grant) = (SelfCaller.Of(http), SelfCaller.Of(http).Grant);
        return TypedResults.Ok(new SelfPerson(
            caller.Person.Id, caller.Person.Username, caller.Person.DisplayName, caller.Person.Email, caller.Person.Connector.Value,
            caller.Person.Groups,
            new SelfLogin(caller.SessionId, grant.AuthTime, [.. AuthenticationMethods.Parse(grant.Amr).Amr], grant.EndsAt)));
    }

    private static async Task<Ok<List<SelfSession>>> ListAsync(
        OwnSessionStore sessions, SessionOptions options, HttpContext http, CancellationToken ct)
    {
        var caller = SelfCaller.Of(http);
        return TypedResults.Ok((await sessions.ListAsync(caller.Person.Id, ct))
            .Where(session => !options.IsIdle(session.LastUsedAt, session.Now))
            .Select(session => new SelfSession(
                session.Id, session.Id == caller.SessionId, session.Kind, DeviceName.Of(session), session.Address, session.AuthTime,
                session.LastUsedAt, session.EndsAt, [.. AuthenticationMethods.Parse(session.Amr).Amr],
                [.. session.Clients.Select(client => client.ClientId.Value)]))
            .ToList());
    }

    private static async Task<Results<Ok<ApiChange>, ProblemHttpResult>> EndAsync(
        string id, OwnSessionStore sessions, HttpContext http, CancellationToken ct)
    {
        var caller = SelfCaller.Of(http);
        return await sessions.EndAsync(caller.Person.Id, new SessionId(id), caller.ActorFor(http), GrantEnd.EndedByPerson, ct)
            ? TypedResults.Ok(new ApiChange(Changed: true))
            : ApiProblem.NotFound(http, NoSession);
    }
}
