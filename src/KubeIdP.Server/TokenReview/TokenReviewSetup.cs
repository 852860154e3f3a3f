using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeIdP.Server.TokenReview;

/// <summary>
/// The webhook that API servers ask about each token (<c>--authentication-token-webhook-config-file</c>): it knows within a second of a session that has
/// ended, which a signature does not. Owns the API servers' credentials and what is known of recent endings; what a token says is the business of Tokens.
/// </summary>
internal static class TokenReviewSetup
{
    public const string Path = "/k8s/token-review";

    public static IServiceCollection AddTokenReview(this IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiServerAuthentication>(ApiServerAuthentication.Name, configureOptions: null);
        services.AddAuthorization();
        return services.AddSingleton<ApiServerCredentials>().AddSingleton<EndingStore>().AddSingleton<RecentEndings>().AddSingleton<TokenInspector>()
            .AddMetrics().AddSingleton<ReviewMetrics>().AddHostedService<EndingFeed>();
    }

    public static void MapTokenReview(this IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, ReviewAsync).RequireAuthorization(ApiServerAuthentication.Policy).DisableAntiforgery();

    private static async Task<Results<Ok<ReviewBody>, BadRequest<string>>> ReviewAsync(
        ReviewBody review, HttpContext http, ClientCatalog clients, TokenInspector inspector, CancellationToken ct)
    {
        if (!review.IsReview) return TypedResults.BadRequest($"This takes a TokenReview of {string.Join(" or ", ReviewBody.ApiVersions)}.");

        // A bad token is a normal answer: an error status tells the API server that the webhook itself is broken.
        var cluster = clients.Find(http.User.Identity!.Name)!;
        var audiences = ReviewAudiences.Of(cluster, review.Spec!.Audiences);
        var user = audiences is [] || review.Spec.Token is not { } token ? null : await inspector.InspectAsync(token, cluster, ct);
        return TypedResults.Ok(review with { Spec = null, Status = user is null ? ReviewStatus.No : StatusOf(user, audiences) });
    }

    private static ReviewStatus StatusOf(ReviewedUser user, IReadOnlyList<string> audiences) =>
        new(Authenticated: true, new ReviewUserInfo(user.Username, user.Subject, user.Groups, user.Extra), audiences);
}
