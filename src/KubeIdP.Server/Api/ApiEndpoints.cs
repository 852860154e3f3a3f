namespace KubeIdP.Server.Api;

/// <summary>The scope that a caller of an endpoint needs; the document says so too.</summary>
internal sealed record NeededScope(string Scope);

internal static class ApiEndpoints
{
    /// <summary>Lets in whoever has the scope, and nobody else.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, string scope) => endpoint
        .RequireAuthorization(ApiAuthentication.PolicyFor(scope)).WithMetadata(new NeededScope(scope))
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>For the document: there may be no such thing.</summary>
    public static RouteHandlerBuilder MayNotFind(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblem(StatusCodes.Status404NotFound);

    /// <summary>For the document: it may not be in a state in which this can be done.</summary>
    public static RouteHandlerBuilder MayConflict(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblem(StatusCodes.Status409Conflict);
}
