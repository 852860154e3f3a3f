using KubeIdP.Cli.Api;
using KubeIdP.Core.Clusters;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>An API server that is started with flags, in whatever way.</summary>
internal static class OtherGuide
{
    private const string Folder = "/etc/kubernetes/pki";

    public static PlatformGuide Of(ClusterInstructions cluster)
    {
        var (files, flags) = GuideParts.InFolder(cluster, Folder, "On each machine with an API server");
        return new PlatformGuide(
            cluster.Capabilities.Name, [],
            [
                .. GuideParts.Notes(cluster),
                $"Set clusters.{cluster.ClientId}.platform for complete instructions; it is one of "
                + $"{string.Join(", ", Enum.GetValues<ClusterPlatform>().Where(one => one is not ClusterPlatform.Other)
                    .Select(one => one.ToString().ToLowerInvariant()))}.",
            ],
            [
                .. files,
                GuideStep.Add(
                    "Start each API server with these flags, in place of any other --oidc-, --authentication-config and "
                    + "--authentication-token-webhook- flags. Another path does as well; an API server in a container must see the file "
                    + "there.",
                    GuideContent.Text, string.Join('\n', flags)),
                .. GuideParts.Checks(cluster),
            ]);
    }
}
