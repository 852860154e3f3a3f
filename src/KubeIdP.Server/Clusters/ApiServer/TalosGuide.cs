using System.Globalization;
using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>
/// Talos Linux, which is configured by documents only. Since 1.14 the API server's authentication has a document of its own, and with it
/// Talos refuses the arguments; before, the arguments and a file on the machine.
/// </summary>
internal static class TalosGuide
{
    // Talos creates files below /var only.
    private const string Folder = "/var/kubeidp";

    public static PlatformGuide Of(ClusterInstructions cluster) => new(
        cluster.Capabilities.Name, [],
        [
            .. GuideParts.Notes(cluster),
            "The machine configuration decides how: see \"talosctl get machineconfig -o yaml\". One with a document of kind "
            + "KubeAPIServerConfig (made by Talos 1.14 and later) takes the first of the two files below, one with cluster.apiServer takes "
            + "the second. Use one of them.",
            .. cluster.Method is ApiServerMethod.Flags
                ? (string[])["Talos 1.14 always starts the API server with --authentication-config, which Kubernetes before 1.30 does not "
                + "have."]
                :
                [
                    "Talos runs the API server without root, so what it reads from the machine must be readable by everybody there.",
                    "The second file changes machine.files. Before Talos 1.14 such a patch reboots the node; from 1.14 on it does not, so "
                    + "reboot the node with \"talosctl reboot\" if the API server does not find the file.",
                ],
        ],
        [.. Documents(cluster), Legacy(cluster), Apply("talos-legacy.yaml"), .. GuideParts.Checks(cluster)]);

    private static IEnumerable<GuideStep> Documents(ClusterInstructions cluster)
    {
        switch (cluster.Method)
        {
            case ApiServerMethod.ConfigurationFile:
                yield return GuideStep.Write(
                    "Machine configuration with KubeAPIServerConfig: write this patch. The configuration replaces the one that is there, "
                    + "so it repeats the default of Talos for anonymous requests: the API server's probes need them.",
                    "talos.yaml", GuideContent.Yaml, $$"""
                        apiVersion: v1alpha1
                        kind: KubeAuthenticationConfig
                        configuration:
                        {{GuideParts.Indented(cluster.AuthenticationConfiguration(cluster.ApiVersion!), 2)}}
                          anonymous:
                            enabled: true
                            conditions:
                            - path: /livez
                            - path: /readyz
                            - path: /healthz
                        """);
                break;
            case ApiServerMethod.TokenReview:
                yield return GuideStep.Write(
                    "Machine configuration with KubeAPIServerConfig (Talos 1.15 and later): write this patch, with the file that "
                    + $"\"clusters token-review {cluster.ClientId}\" has written in place of the kubeconfig, which is here without the "
                    + "credential. Remove this issuer from KubeAuthenticationConfig.",
                    "talos.yaml", GuideContent.Yaml, $$"""
                        apiVersion: v1alpha1
                        kind: KubeAuthenticationWebhookConfig
                        version: v1
                        cacheTTL: {{ClusterInstructions.WebhookCacheTtl.TotalSeconds.ToString(CultureInfo.InvariantCulture)}}s
                        kubeconfig: |
                        {{GuideParts.Indented(cluster.WebhookKubeconfigWithoutCredential(), 2)}}
                        """);
                break;
            default:
                yield break;
        }

        yield return Apply("talos.yaml");
    }

    private static GuideStep Legacy(ClusterInstructions cluster)
    {
        var (files, flags) = GuideParts.InFolder(cluster, Folder, "");
        var (machine, volume) = files.Count == 0 ? ("", "") : (
            "machine:\n  files:" + string.Concat(files.Select(file => $$"""

                  - path: {{file.File}}
                    op: create
                    permissions: 0o644
                    content: |
                {{GuideParts.Indented(file.Content!, 6)}}
                """)) + "\n",
            $"\n    extraVolumes:\n    - hostPath: {Folder}\n      mountPath: {Folder}\n      readonly: true");
        return GuideStep.Write(
            "Machine configuration with cluster.apiServer: write this patch."
            + (cluster.Method is ApiServerMethod.TokenReview
                ? " In place of the kubeconfig, which is here without the credential, put the file that \"clusters token-review "
                + $"{cluster.ClientId}\" has written."
                : ""),
            "talos-legacy.yaml", GuideContent.Yaml,
            $"{machine}cluster:\n  apiServer:\n    extraArgs:\n{GuideParts.Indented(GuideParts.Map(flags), 6)}{volume}");
    }

    private static GuideStep Apply(string file) => GuideStep.Run(
        "Apply it to the control plane nodes, one after the other.",
        $"talosctl --nodes \"$CONTROL_PLANE_NODE\" patch machineconfig --patch @{file}");
}
