using KubeIdP.Cli.Api;

namespace KubeIdP.Server.Clusters.ApiServer;

/// <summary>
/// OpenShift: the cluster's Authentication object (config.openshift.io/v1). Source: OpenShift documentation, "Configure an external OIDC
/// identity provider for direct authentication", and openshift/api config/v1/types_authentication.go.
/// </summary>
internal static class OpenshiftGuide
{
    private const string Before = "authentication-before.yaml";
    private const string File = "openshift-authentication.yaml";
    private const string ConsoleFile = "openshift-authentication-console.yaml";
    private const string Apply = $"oc patch authentication.config/cluster --type=merge --patch-file={File}";

    public static PlatformGuide Of(ClusterInstructions cluster) => cluster.AsksByWebhook ? ByWebhook(cluster) : ByIssuer(cluster);

    private static PlatformGuide ByIssuer(ClusterInstructions cluster)
    {
        List<GuideObstacle> obstacles = [];
        if (cluster.KubernetesMinor is { } minor and < 33)
            obstacles.Add(new("OpenShift supports this since 4.20 (Kubernetes 1.33), and had it as a technology preview in 4.19. This "
                + $"cluster has Kubernetes 1.{minor}.",
                "Upgrade the cluster, or use token review."));
        return new PlatformGuide(
            cluster.Capabilities.Name, obstacles,
            [
                Replaces,
                "OpenShift takes one OIDC provider. It accepts RS256 only.",
                "OpenShift's web console needs a client of its own; without it nobody can sign in to the console. The last steps add it.",
            ],
            [
                Backup,
                .. cluster.AuthorityPem is null
                    ? (GuideStep[])[]
                    :
                    [
                        GuideParts.Authority(cluster, "Write", GuideParts.AuthorityFile),
                        GuideStep.Run("Put it into a ConfigMap of OpenShift.",
                            $"oc create configmap kubeidp-ca --from-file=ca-bundle.crt={GuideParts.AuthorityFile} -n openshift-config"),
                    ],
                GuideStep.Write("Write this file.", File, GuideContent.Yaml, Authentication(cluster, withConsole: false)),
                GuideStep.Run("Apply it.", Apply),
                Wait,
                GuideParts.WhoAmI(cluster),
                .. Console(cluster),
            ]);
    }

    private static IReadOnlyList<GuideStep> Console(ClusterInstructions cluster) =>
    [
        GuideStep.Add(
            $"For the web console, add to kubeidp.yaml, with the address of your console, and with the secretHash that \"clients secret\" "
            + $"prints; then restart KubeIdP. The API server accepts the console's tokens as well, so access and groups are those of "
            + $"clusters.{cluster.ClientId}: when you change them there, change them here too. The console's tokens live five minutes, "
            + "and so long the API server accepts them after the end of a session.",
            GuideContent.Yaml, $$"""
                clients:
                  {{ConsoleOf(cluster)}}:
                    kind: web
                    redirectUris: ["https://console-openshift-console.apps.example.com/auth/callback"]
                    secretHash: "SECRET_HASH"
                    idTokenLifetime: 00:05:00{{Access(cluster)}}{{Groups(cluster)}}
                """),
        GuideStep.Run("Give OpenShift the secret that the same command has printed.",
            "oc create secret generic kubeidp-console --from-literal=clientSecret=\"$CONSOLE_SECRET\" -n openshift-config"),
        GuideStep.Write("Write this file.", ConsoleFile, GuideContent.Yaml, Authentication(cluster, withConsole: true)),
        GuideStep.Run("Apply it, and wait as before.",
            $"oc patch authentication.config/cluster --type=merge --patch-file={ConsoleFile}"),
    ];

    // The API server accepts the console's tokens as well. So the client must be for the same people, and its tokens must have the groups
    // that RBAC of this cluster binds, and none that the cluster's are without.
    private static string Access(ClusterInstructions cluster) =>
        cluster.AccessGroups.Count == 0 ? "" : $"\n    access: {"{"} groups: {List(cluster.AccessGroups)} {"}"}";

    private static string Groups(ClusterInstructions cluster)
    {
        var groups = cluster.Groups;
        string[] lines =
        [
            .. groups.Include is [] ? (string[])[] : [$"include: {List(groups.Include)}"],
            .. groups.Exclude is [] ? (string[])[] : [$"exclude: {List(groups.Exclude)}"],
            .. groups.Rename.Count == 0 ? (string[])[] : ["rename:", .. groups.Rename.Select(one =>
                $"  {ClusterInstructions.Quoted(one.Key)}: {ClusterInstructions.Quoted(one.Value)}")],
            .. groups.Prefix is { } prefix ? [$"prefix: {ClusterInstructions.Quoted(prefix)}"] : (string[])[],
        ];
        return lines is [] ? "" : $"\n    groups:\n{GuideParts.Indented(string.Join('\n', lines), 6)}";
    }

    private static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(ClusterInstructions.Quoted))}]";

    private static string ConsoleOf(ClusterInstructions cluster) => $"{cluster.ClientId}-console";

    private static string Authentication(ClusterInstructions cluster, bool withConsole) => $$"""
        apiVersion: config.openshift.io/v1
        kind: Authentication
        metadata:
          name: cluster
        spec:
          type: OIDC
          webhookTokenAuthenticator: null
          oidcProviders:
          - name: kubeidp
            issuer:
              issuerURL: {{ClusterInstructions.Quoted(cluster.Issuer)}}
              audiences:
              - {{ClusterInstructions.Quoted(cluster.ClientId)}}{{ConsoleAudience(cluster, withConsole)}}{{AuthorityName(cluster)}}
            claimMappings:
              username: { claim: preferred_username, prefixPolicy: NoPrefix }
              groups: { claim: groups, prefix: "" }
              uid: { claim: sub }
            oidcClients:
            - clientID: {{ClusterInstructions.Quoted(cluster.ClientId)}}
              componentName: cli
              componentNamespace: openshift-console{{(withConsole ? ConsoleClient(cluster) : "")}}
        """;

    private static string ConsoleAudience(ClusterInstructions cluster, bool withConsole) =>
        withConsole ? $"\n      - {ConsoleOf(cluster)}" : "";

    // Without a refresh token, which web clients get by offline_access only, the console ends its session with the first token
    // (openshift/console, pkg/auth/oauth2/auth_oidc.go, getLoginState).
    private static string ConsoleClient(ClusterInstructions cluster) => $$"""

            - clientID: {{ConsoleOf(cluster)}}
              clientSecret: { name: kubeidp-console }
              componentName: console
              componentNamespace: openshift-console
              extraScopes: [profile, groups, offline_access]
        """;

    private static PlatformGuide ByWebhook(ClusterInstructions cluster) => new(
        cluster.Capabilities.Name, [],
        [
            Replaces,
            "By token review, which OpenShift takes only with the authentication type None.",
            "OpenShift has no setting for how long its API servers cache the answers. An API server's own default is two minutes, so the "
            + "end of a session may take that long.",
        ],
        [
            Backup,
            GuideStep.Run(
                $"Put the file that \"clusters token-review {cluster.ClientId}\" has written into a Secret of OpenShift.",
                $"oc create secret generic kubeidp-token-review --from-file=kubeConfig=token-review-{cluster.ClientId}.yaml -n "
                + "openshift-config"),
            GuideStep.Write("Write this file.", File, GuideContent.Yaml, """
                apiVersion: config.openshift.io/v1
                kind: Authentication
                metadata:
                  name: cluster
                spec:
                  type: None
                  oidcProviders: null
                  webhookTokenAuthenticator:
                    kubeConfig:
                      name: kubeidp-token-review
                """),
            GuideStep.Run("Apply it.", Apply),
            Wait,
            GuideParts.WhoAmI(cluster),
        ]);

    private const string Replaces =
        "This replaces OpenShift's own OAuth server. Keep the kubeconfig of the installation, or another way in that does not need it.";

    private static GuideStep Backup => GuideStep.Run("Keep what is configured now.",
        $"oc get authentication.config/cluster -o yaml > {Before}");

    private static GuideStep Wait => GuideStep.Run(
        "The API servers restart one after the other, which can take twenty minutes or more. PROGRESSING is True in the meantime; wait "
        + "until it is False again.",
        "oc get clusteroperator kube-apiserver authentication");

    private static string AuthorityName(ClusterInstructions cluster) =>
        cluster.AuthorityPem is null ? "" : "\n      issuerCertificateAuthority:\n        name: kubeidp-ca";
}
