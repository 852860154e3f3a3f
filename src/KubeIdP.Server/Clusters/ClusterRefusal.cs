using KubeIdP.Server.Clients;
using KubeIdP.Server.Web;

namespace KubeIdP.Server.Clusters;

/// <summary>The pages for a cluster that a person can't see.</summary>
internal static class ClusterRefusal
{
    public static MessageLink ToClusters => new("~/", Texts.YourClusters);

    public static MessagePage NoSuchCluster =>
        new(StatusCodes.Status404NotFound, Texts.NoSuchClusterTitle, Texts.NoSuchClusterWhat, Texts.NoSuchClusterNext)
        {
            Link = ToClusters,
        };

    /// <summary>The person may not use it.</summary>
    public static MessagePage PageFor(Client cluster) => new(StatusCodes.Status403Forbidden, Texts.NoAccessTitle.With(cluster.Name),
        Texts.OneOfGroups.With(string.Join(", ", cluster.Access.Groups)), Texts.NoAccessNext)
    {
        Link = ToClusters,
    };
}
