namespace KubeIdP.Server.Api;

/// <summary>The scope that a caller of an endpoint needs; the document says so too.</summary>
internal sealed record NeededScope(string Scope);

internal static class ApiEndpoints
{
    /// <summary>Lets in whoever has the scope, and nobody else.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, string scope) => endpoint
        .RequireAuthorization(ApiAuthentication.PolicyFor(scope)).WithMetadata(new NeededScope(scope))
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
}
