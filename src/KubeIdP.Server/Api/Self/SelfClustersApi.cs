using System.Text;
using System.Text.Json;
using KubeIdP.Cli.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Api.Self;

/// <summary>The clusters that a person may use, and their kubeconfigs: the same bytes as a person downloads.</summary>
internal static class SelfClustersApi
{
    public static void MapSelfClusters(this IEndpointRouteBuilder self)
    {
        self.MapGet("/clusters", List).NeedsSelf().WithName("listOwnClusters")
            .WithSummary("Lists the clusters that the person may use, in the order of the configuration.");
        self.MapGet("/clusters/{name}/kubeconfig",
            (string name, Kubeconfigs kubeconfigs, OwnAuthority authority, ClientCatalog clients, HttpContext http) =>
                Kubeconfig([name], kubeconfigs, authority, clients, http))
            .DescribeKubeconfig("getOwnKubeconfig", "Gets the kubeconfig of one cluster that the person may use. It contains no secret.");
        self.MapGet("/kubeconfig",
            ([FromQuery] string[] cluster, Kubeconfigs kubeconfigs, OwnAuthority authority, ClientCatalog clients, HttpContext http) =>
                Kubeconfig(cluster, kubeconfigs, authority, clients, http))
            .DescribeKubeconfig("getOwnMergedKubeconfig",
                "Gets one kubeconfig for several clusters that the person may use; the first one's context is the current one.");
    }

    private static void DescribeKubeconfig(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .NeedsSelf().WithName(name).WithSummary(summary).MayNotFind().MayConflict()
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
        .Produces<string>(StatusCodes.Status200OK, Clusters.Kubeconfig.MediaType);

    private static Ok<List<SelfCluster>> List(ClientCatalog clients, IssuerUrl issuer, TokenOptions tokens, HttpContext http) =>
        TypedResults.Ok(clients.Clusters.Where(cluster => SelfCaller.Of(http).RefusalOf(cluster) is null)
            .Select(cluster => Of(cluster, issuer, tokens)).ToList());

    private static SelfCluster Of(Client cluster, IssuerUrl issuer, TokenOptions tokens)
    {
        var shown = ClusterRecords.Of(cluster, issuer, tokens);
        return new SelfCluster(
            shown.Name, shown.Title, shown.Description, shown.Labels, shown.Server, shown.Namespace,
            JsonNamingPolicy.CamelCase.ConvertName($"{shown.Plugin}"), shown.TokenReview, shown.NamePrefix,
            shown.IdTokenLifetimeSeconds, shown.RevocationBoundSeconds, shown.GroupBoundSeconds);
    }

    private static Results<ContentHttpResult, ProblemHttpResult> Kubeconfig(
        IReadOnlyCollection<string> names, Kubeconfigs kubeconfigs, OwnAuthority authority, ClientCatalog clients, HttpContext http)
    {
        var caller = SelfCaller.Of(http);
        if (names.Select(clients.FindCluster).OfType<Client>().Select(caller.RefusalOf)
                .FirstOrDefault(refusal => refusal is not null) is { } refusal)
            return ApiProblem.Of(http, StatusCodes.Status403Forbidden, "Not allowed.", refusal);

        return kubeconfigs.For(names, authority.ReadPem) switch
        {
            KubeconfigAnswer.Made(var text) => TypedResults.Text(text, Clusters.Kubeconfig.MediaType, Encoding.UTF8),
            var answer => KubeconfigApi.ProblemOf(answer, http),
        };
    }
}
