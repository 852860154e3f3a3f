namespace KubeIdP.Server.Api;

/// <summary>The scope that an endpoint requires; also for the document.</summary>
internal sealed record NeededScope(string Scope);

internal static class ApiEndpoints
{
    /// <summary>Allows only callers with the scope.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, string scope) => endpoint
        .RequireAuthorization(ApiAuthentication.PolicyFor(scope)).WithMetadata(new NeededScope(scope))
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>For the document: the endpoint may answer 404.</summary>
    public static RouteHandlerBuilder MayNotFind(this RouteHandlerBuilder endpoint) =>
        endpoint.ProducesProblem(StatusCodes.Status404NotFound);

    /// <summary>For the document: the endpoint may answer 409.</summary>
    public static RouteHandlerBuilder MayConflict(this RouteHandlerBuilder endpoint) =>
        endpoint.ProducesProblem(StatusCodes.Status409Conflict);
}
