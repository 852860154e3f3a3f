using System.ComponentModel;
using KubeIdP.Cli.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Clusters.ApiServer;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Api;

/// <summary>The clusters of the configuration, and what their API servers need. Nothing here is secret.</summary>
internal static class ClustersApi
{
    private const string Yaml = "application/yaml"; // RFC 9512.
    private const string Text = "text/plain";

    public static void MapClustersApi(this IEndpointRouteBuilder api)
    {
        var clusters = api.MapGroup("/clusters").WithTags("clusters");
        clusters.MapGet("/", List).Needs(ApiScopes.ClustersRead).WithName("listClusters")
            .WithSummary("Lists the clusters of the configuration, in its order.");
        clusters.MapGet("/{name}", Show).Needs(ApiScopes.ClustersRead).MayNotFind().WithName("showCluster").WithSummary("Shows a cluster.");
        clusters.MapGet("/{name}/authentication-config", AuthenticationConfig).Needs(ApiScopes.ClustersRead).MayNotFind().MayConflict()
            .Produces<string>(StatusCodes.Status200OK, Yaml).WithName("clusterAuthenticationConfig")
            .WithSummary("Returns the AuthenticationConfiguration for the API server, in the version that its Kubernetes accepts.");
        clusters.MapGet("/{name}/flags", Flags).Needs(ApiScopes.ClustersRead).MayNotFind().MayConflict()
            .Produces<string>(StatusCodes.Status200OK, Text).WithName("clusterFlags")
            .WithSummary("Returns the flags for the API server, one on each line.");
        clusters.MapGet("/{name}/webhook", Webhook).Needs(ApiScopes.ClustersRead).MayNotFind().MayConflict()
            .Produces<string>(StatusCodes.Status200OK, Yaml).WithName("clusterWebhook")
            .WithSummary("Returns the kubeconfig of the API server's webhook for token review, without its credential.");
        clusters.MapGet("/{name}/instructions", Instructions).Needs(ApiScopes.ClustersRead).MayNotFind().WithName("clusterInstructions")
            .WithSummary("Returns all steps that connect the API server with this issuer, for the platform of the cluster.");
    }

    private static Ok<List<ApiCluster>> List(ClientCatalog clients, IssuerUrl issuer, TokenOptions tokens) =>
        TypedResults.Ok(clients.Clusters.Select(cluster => ClusterRecords.Of(cluster, issuer, tokens)).ToList());

    private static Results<Ok<ApiCluster>, ProblemHttpResult> Show(
        string name, ClientCatalog clients, IssuerUrl issuer, TokenOptions tokens, HttpContext http) =>
        clients.FindCluster(name) is { } cluster ? TypedResults.Ok(ClusterRecords.Of(cluster, issuer, tokens)) : NotFound(http, name);

    private static IResult AuthenticationConfig(
        string name,
        [FromQuery, Description("The version, v1 or v1beta1. Default: the one that the Kubernetes of the cluster accepts.")]
        string? apiVersion,
        ClientCatalog clients, IssuerUrl issuer, OwnAuthority authority, HttpContext http) =>
        apiVersion is not null && !ApiRoot.AuthenticationConfigVersions.Contains(apiVersion)
            ? ApiProblem.Invalid(http, $"apiVersion takes {string.Join(" or ", ApiRoot.AuthenticationConfigVersions)}.")
            : With(name, clients, issuer, authority, http, cluster => cluster.RefusalOfAuthenticationConfiguration(apiVersion),
                cluster => Results.Text(cluster.AuthenticationConfiguration(apiVersion ?? cluster.ApiVersion!) + "\n", Yaml));

    private static IResult Flags(string name, ClientCatalog clients, IssuerUrl issuer, OwnAuthority authority, HttpContext http) =>
        With(name, clients, issuer, authority, http, cluster => cluster.RefusalOfFlags(),
            cluster => Results.Text(cluster.ApiServerFlags() + "\n", Text));

    private static IResult Webhook(string name, ClientCatalog clients, IssuerUrl issuer, OwnAuthority authority, HttpContext http) =>
        With(name, clients, issuer, authority, http, cluster => cluster.RefusalOfWebhook(),
            cluster => Results.Text(cluster.WebhookKubeconfigWithoutCredential() + "\n", Yaml));

    private static Results<Ok<ApiClusterInstructions>, ProblemHttpResult> Instructions(
        string name, ClientCatalog clients, IssuerUrl issuer, OwnAuthority authority, HttpContext http) =>
        clients.FindCluster(name) is { } cluster
            ? TypedResults.Ok(ClusterRecords.Of(PlatformGuides.For(ClusterInstructions.Of(issuer, cluster, authority.ReadPem()))))
            : NotFound(http, name);

    private static IResult With(string name, ClientCatalog clients, IssuerUrl issuer, OwnAuthority authority, HttpContext http,
        Func<ClusterInstructions, string?> refusal, Func<ClusterInstructions, IResult> answer)
    {
        if (clients.FindCluster(name) is not { } found) return NotFound(http, name);

        var cluster = ClusterInstructions.Of(issuer, found, authority.ReadPem());
        return refusal(cluster) is { } reason ? ApiProblem.Conflict(http, reason) : answer(cluster);
    }

    private static ProblemHttpResult NotFound(HttpContext http, string name) =>
        ApiProblem.NotFound(http, $"There is no cluster {name} in the configuration.");
}
