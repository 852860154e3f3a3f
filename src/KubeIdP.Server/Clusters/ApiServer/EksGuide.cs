using System.Text.Json;
using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>
/// Amazon EKS: an identity provider configuration of the cluster (API action AssociateIdentityProviderConfig). Source: Amazon EKS API
/// reference, OidcIdentityProviderConfigRequest.
/// </summary>
internal static class EksGuide
{
    private const string Name = "kubeidp";
    private const string File = "eks-oidc.json";

    public static PlatformGuide Of(ClusterInstructions cluster)
    {
        var platform = cluster.Capabilities.Name;
        return new PlatformGuide(
            platform,
            [.. PublicIssuer.AddressObstacles(cluster, platform), .. PublicIssuer.AuthorityObstacles(cluster, platform)],
            [
                "If everybody already has an account in AWS (IAM Identity Center), access entries of EKS are the better choice: there is "
                + "no second place that decides who may use the cluster.",
                "EKS takes one OIDC identity provider for each cluster, beside IAM.",
                "The issuer must be reachable over the Internet, with a certificate of a public authority; EKS has no setting for "
                + "another. It accepts RS256 only.",
                "The configuration can't be changed: disassociate it and associate it again. In the meantime, which is some minutes, "
                + "nobody gets in with KubeIdP.",
                "EKS has no rules about names and lifetimes. KubeIdP issues no names and groups that begin with system:, and no tokens "
                + "that live longer than 15 minutes.",
            ],
            [
                GuideStep.Write(
                    "Write this file. The prefix \"-\" means none; without it EKS would put the issuer's URL before each user name.",
                    File, GuideContent.Json, JsonSerializer.Serialize(
                        new
                        {
                            identityProviderConfigName = Name,
                            issuerUrl = cluster.Issuer,
                            clientId = cluster.ClientId,
                            usernameClaim = "preferred_username",
                            usernamePrefix = "-",
                            groupsClaim = "groups",
                        },
                        GuideJson.Options)),
                GuideStep.Run(
                    "Associate it. If the cluster has another name in AWS than here, write that one; the same in the next steps.",
                    $"aws eks associate-identity-provider-config --cluster-name {cluster.ClientId} --oidc file://{File}"),
                GuideStep.Run(
                    "Wait until the status is ACTIVE, which can take a quarter of an hour. CREATE_FAILED means that EKS could not read "
                    + "the issuer's discovery document.",
                    $"aws eks describe-identity-provider-config --cluster-name {cluster.ClientId} --identity-provider-config "
                    + $"type=oidc,name={Name} --query identityProviderConfig.oidc.status --output text"),
                GuideParts.WhoAmI(cluster),
                GuideStep.Run("Only to remove or change it:",
                    $"aws eks disassociate-identity-provider-config --cluster-name {cluster.ClientId} --identity-provider-config "
                    + $"type=oidc,name={Name}"),
            ]);
    }
}
