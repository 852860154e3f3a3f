using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// The webhook that API servers ask about each token (<c>--authentication-token-webhook-config-file</c>): it detects within a second that a
/// session has ended, which a signature check can't. Owns the API servers' credentials and the data about recently ended sessions; Tokens
/// owns the content of tokens.
/// </summary>
internal static class TokenReviewSetup
{
    public const string Path = "/k8s/token-review";

    public static IServiceCollection AddTokenReview(this IServiceCollection services)
    {
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiServerAuthentication>(ApiServerAuthentication.Name, configureOptions: null);
        services.AddAuthorization();
        return services
            .AddSingleton<ApiServerCredentials>()
            .AddSingleton<EndingStore>()
            .AddSingleton<RecentEndings>()
            .AddSingleton<TokenInspector>()
            .AddMetrics()
            .AddSingleton<ReviewMetrics>()
            .AddHostedService<EndingFeed>();
    }

    public static void MapTokenReview(this IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, ReviewAsync).RequireAuthorization(ApiServerAuthentication.Policy).DisableAntiforgery();

    private static async Task<Results<Ok<ReviewBody>, BadRequest<string>>> ReviewAsync(
        ReviewBody review, HttpContext http, ClientCatalog clients, TokenInspector inspector, CancellationToken ct)
    {
        if (!review.IsReview)
            return TypedResults.BadRequest($"The body must be a TokenReview of {string.Join(" or ", ReviewBody.ApiVersions)}.");

        // An invalid token is a normal result: an error status would tell the API server that the webhook itself is broken.
        var cluster = clients.Find(http.User.Identity!.Name)!;
        var audiences = ReviewAudiences.Of(cluster, review.Spec!.Audiences);
        var user = audiences is [] || review.Spec.Token is not { } token ? null : await inspector.InspectAsync(token, cluster, ct);
        return TypedResults.Ok(review with { Spec = null, Status = user is null ? ReviewStatus.No : StatusOf(user, audiences) });
    }

    private static ReviewStatus StatusOf(ReviewedUser user, IReadOnlyList<string> audiences) =>
        new(Authenticated: true, new ReviewUserInfo(user.Username, user.Subject, user.Groups, user.Extra), audiences);
}
