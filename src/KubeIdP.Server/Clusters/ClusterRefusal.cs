using KubeIdP.Server.Clients;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Clusters;

/// <summary>The page for a person who may not use a cluster.</summary>
internal static class ClusterRefusal
{
    public static MessagePage PageFor(Client cluster) => new(StatusCodes.Status403Forbidden, Texts.NoAccessTitle.With(cluster.Name),
        Texts.OneOfGroups.With(string.Join(", ", cluster.Access.Groups)), Texts.NoAccessNext)
    {
        Link = new MessageLink("~/", Texts.YourClusters),
    };
}
