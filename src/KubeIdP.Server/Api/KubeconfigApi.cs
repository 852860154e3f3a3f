using System.Text;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Api;

/// <summary>Kubeconfigs for programs, such as one that sets up people's machines: the same bytes as a person downloads.</summary>
internal static class KubeconfigApi
{
    public static void MapKubeconfigApi(this IEndpointRouteBuilder api)
    {
        api.MapGet("/clusters/{name}/kubeconfig",
            (string name, Kubeconfigs kubeconfigs, OwnAuthority authority, HttpContext http) =>
                Answer([name], kubeconfigs, authority, http))
            .Describe("getKubeconfig", "Gets the kubeconfig of one cluster. It contains no secret.");
        api.MapGet("/kubeconfig",
            ([FromQuery] string[] cluster, Kubeconfigs kubeconfigs, OwnAuthority authority, HttpContext http) =>
                Answer(cluster, kubeconfigs, authority, http))
            .Describe("getMergedKubeconfig", "Gets one kubeconfig for several clusters; the first one's context is the current one.");
    }

    private static void Describe(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .Needs(ApiScopes.ClustersRead).WithName(name).WithTags("clusters").WithSummary(summary).MayNotFind().MayConflict()
        .Produces<string>(StatusCodes.Status200OK, Kubeconfig.MediaType);

    private static Results<ContentHttpResult, ProblemHttpResult> Answer(IEnumerable<string> names, Kubeconfigs kubeconfigs,
        OwnAuthority authority, HttpContext http) => kubeconfigs.For(names, authority.ReadPem) switch
        {
            KubeconfigAnswer.Made(var text) => TypedResults.Text(text, Kubeconfig.MediaType, Encoding.UTF8),
            var answer => ProblemOf(answer, http),
        };

    /// <summary>Why there is no kubeconfig.</summary>
    public static ProblemHttpResult ProblemOf(KubeconfigAnswer answer, HttpContext http) => answer switch
    {
        KubeconfigAnswer.WrongNumber => ApiProblem.Invalid(http, $"cluster names 1 to {Kubeconfig.MaxClusters} clusters."),
        KubeconfigAnswer.Unknown(var name) => ApiProblem.NotFound(http, $"There is no cluster {name}."),
        KubeconfigAnswer.WithoutServer without => ApiProblem.Conflict(http, without.Advice),
        KubeconfigAnswer.WithoutAuthority without => ApiProblem.Conflict(http, without.Advice),
        _ => throw new InvalidOperationException("An answer of an unknown kind."),
    };
}
