using KubeIdP.Cli.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Clusters.ApiServer;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Api;

/// <summary>Clusters of the configuration as the API's records.</summary>
internal static class ClusterRecords
{
    /// <param name="cluster">A client that is a cluster.</param>
    /// <param name="issuer">This server's issuer.</param>
    /// <param name="tokens">For the lifetime, if the cluster has none of its own.</param>
    public static ApiCluster Of(Client cluster, IssuerUrl issuer, TokenOptions tokens)
    {
        var options = cluster.Cluster!;
        var instructions = ClusterInstructions.Of(issuer, cluster, authorityPem: null);
        return new ApiCluster(
            instructions.ClientId, cluster.Name, options.Description, options.Labels, options.Server, options.Platform, options.Kubernetes,
            options.Namespace, options.SigningAlgorithm.ToString(),
            cluster.Access.Groups, options.Plugin, instructions.AsksByWebhook, instructions.NamePrefix,
            (long)tokens.LifetimeOf(cluster).TotalSeconds, (long)Math.Ceiling(RevocationBound.Of(cluster, tokens).TotalSeconds),
            (long)Math.Ceiling(RevocationBound.OfGroups(cluster, tokens).TotalSeconds));
    }

    public static ApiClusterInstructions Of(PlatformGuide guide) => new(
        guide.Platform, [.. guide.Obstacles.Select(obstacle => new ApiClusterObstacle(obstacle.What, obstacle.Fix))], guide.Notes,
        [.. guide.Steps.Select(step => new ApiClusterStep(step.Text, step.Kind, step.File, step.Content))]);
}
