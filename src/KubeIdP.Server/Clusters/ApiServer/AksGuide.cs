using System.Globalization;
using System.Text.Json;
using KubeIdP.Cli.Api;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>
/// Azure AKS: a JWT authenticator of the cluster, in preview. Source: learn.microsoft.com, "Use external identity providers with AKS
/// structured authentication", and the properties of managedClusters/jwtAuthenticators.
/// </summary>
internal static class AksGuide
{
    /// <summary>Of the pattern that AKS demands: <c>^[a-z][a-z0-9]{0,23}$</c>.</summary>
    private const string Name = "kubeidp";

    private const string File = "aks-jwt-authenticator.json";
    private const string Target = "--resource-group \"$RESOURCE_GROUP\" --cluster-name";

    public static PlatformGuide Of(ClusterInstructions cluster)
    {
        var platform = cluster.Capabilities.Name;
        List<GuideObstacle> obstacles = [.. PublicIssuer.AddressObstacles(cluster, platform)];
        if (cluster.KubernetesMinor is { } minor and < 30)
            obstacles.Add(new($"AKS has JWT authenticators for Kubernetes 1.30 and later, and this cluster has 1.{minor}.",
                "Upgrade the cluster."));
        return new PlatformGuide(
            platform, obstacles,
            [
                "If everybody already has an account in Microsoft Entra, the Entra integration of AKS is the better choice: it is not a "
                + "preview, and there is no second place that decides who may use the cluster.",
                "JWT authenticators are a preview: Microsoft excludes them from the service-level agreement.",
                $"AKS demands {cluster.NamePrefix} before every user name and group. So RBAC binds "
                + $"{cluster.NamePrefix}GROUP, and not GROUP.",
                "The issuer's discovery document must be reachable over the Internet. Several issuers are possible, Microsoft Entra not "
                + "among them.",
                .. cluster.AuthorityPem is null
                    ? (string[])[]
                    : ["This issuer's certificate is from its own certificate authority. AKS takes it as certificateAuthorityBundle since "
                    + "its API version 2026-06-02-preview. If your version of the extension aks-preview is older, it leaves the member "
                    + "out: \"az aks jwtauthenticator show\" shows whether it is there. Otherwise give the issuer a certificate of a "
                    + "public authority."],
            ],
            [
                GuideStep.Run("Once for the subscription, add the extension and register the preview, until the state is Registered.", """
                    az extension add --upgrade --name aks-preview
                    az feature register --namespace Microsoft.ContainerService --name JWTAuthenticatorPreview
                    az feature show --namespace Microsoft.ContainerService --name JWTAuthenticatorPreview --query properties.state
                    az provider register --namespace Microsoft.ContainerService
                    """),
                GuideStep.Write("Write this file.", File, GuideContent.Json, Authenticator(cluster)),
                GuideStep.Run(
                    "Add it. If the cluster has another name in Azure than here, write that one; the same in the next step. To change it "
                    + "later, use \"update\" in place of \"add\".",
                    $"az aks jwtauthenticator add {Target} {cluster.ClientId} --name {Name} --config-file {File}"),
                GuideStep.Run("See what AKS has stored.",
                    $"az aks jwtauthenticator show {Target} {cluster.ClientId} --name {Name}"),
                GuideParts.WhoAmI(cluster),
            ]);
    }

    // Groups are a claim of any type, over which CEL iterates only as dyn.
    private static string Authenticator(ClusterInstructions cluster) => JsonSerializer.Serialize(
        new
        {
            issuer = new { url = cluster.Issuer, audiences = (string[])[cluster.ClientId] },
            certificateAuthorityBundle = cluster.AuthorityPem,
            claimValidationRules = (object[])
            [
                new
                {
                    expression = "claims.exp - claims.iat <= "
                        + TokenOptions.MaxLifetime.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                    message = "the token lives too long",
                },
            ],
            claimMappings = new
            {
                username = new { expression = $"'{cluster.NamePrefix}' + claims.preferred_username" },
                groups = new
                {
                    expression = $"has(claims.groups) ? dyn(claims.groups).map(group, '{cluster.NamePrefix}' + group) : []",
                },
                uid = new { expression = "claims.sub" },
            },
            userValidationRules = (object[])
            [
                new
                {
                    expression = $"!user.username.startsWith('{cluster.NamePrefix}system:')",
                    message = "names of Kubernetes itself are not for people",
                },
                new
                {
                    expression = $"user.groups.all(group, !group.startsWith('{cluster.NamePrefix}system:'))",
                    message = "groups of Kubernetes itself are not for people",
                },
                new
                {
                    expression = $"user.username != '{cluster.NamePrefix}'",
                    message = "a user name must not be empty",
                },
            ],
        },
        GuideJson.Options);
}
