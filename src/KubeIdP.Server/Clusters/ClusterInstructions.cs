using KubeIdP.Cli.Api;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters.ApiServer;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Keys;
using KubeIdP.Server.TokenReview;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Clusters;

/// <summary>
/// The instructions that connect kubectl and an API server with this issuer, ready to paste: the one source for the pages, the commands,
/// the API, the output at the start and the documentation. What an administrator does with them on each platform is in
/// <see cref="PlatformGuide"/>.
/// </summary>
/// <param name="AuthorityPem">The server's own certificate authority; null if machines trust the issuer's certificate anyway.</param>
internal sealed partial record ClusterInstructions(string Issuer, string ClientId, SigningAlgorithm Algorithm, string? AuthorityPem)
{
    /// <summary>
    /// Where the flags expect the certificate authority on a control plane: the folder that kubeadm mounts into the API server's pod
    /// anyway.
    /// </summary>
    public const string AuthorityFileOnControlPlane = "/etc/kubernetes/pki/kubeidp-ca.crt";

    /// <summary>Where the flags expect the webhook's kubeconfig, beside the authority.</summary>
    public const string WebhookFileOnControlPlane = "/etc/kubernetes/pki/kubeidp-token-review.yaml";

    /// <summary>
    /// How long an API server may cache an answer of this server; its own default is two minutes. It caches accepted tokens for ten more
    /// seconds.
    /// </summary>
    public static readonly TimeSpan WebhookCacheTtl = TimeSpan.FromSeconds(3);

    /// <summary>The versions of AuthenticationConfiguration: for Kubernetes 1.34 and later, and for 1.30 to 1.33.</summary>
    public static readonly IReadOnlyList<string> ApiVersions = ApiRoot.AuthenticationConfigVersions;

    // Without double quotes, which PowerShell removes, and without --minify, which fails if the user of the context does not exist.
    private const string CurrentCluster =
        "{{$current := index . `current-context`}}{{range .contexts}}{{if eq .name $current}}{{.context.cluster}}{{end}}{{end}}";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Whether the API server asks this server about each token. Then it must not also accept tokens by their signature, because it accepts
    /// a token if either way does, and a signature stays valid after the session has ended.
    /// </summary>
    public bool AsksByWebhook { get; init; }

    public ClusterPlatform Platform { get; init; }

    public PlatformCapabilities Capabilities => PlatformCapabilities.Of(Platform);

    /// <summary>Who may get tokens for the cluster, as configured; empty: everybody who can sign in.</summary>
    public IReadOnlyList<string> AccessGroups { get; init; } = [];

    /// <summary>Which groups its tokens hold, and under which names, as configured.</summary>
    public ClientGroupOptions Groups { get; init; } = new();

    /// <summary>The minor version of Kubernetes, such as 34 for 1.34; null if none is configured, which counts as 1.34 or later.</summary>
    public int? KubernetesMinor { get; init; }

    /// <summary>
    /// The version of AuthenticationConfiguration that the cluster's Kubernetes accepts; null for Kubernetes before 1.30, which accepts
    /// none that is enabled by default.
    /// </summary>
    public string? ApiVersion => ApiVersionOf(KubernetesMinor);

    /// <summary>What RBAC must write before the user names and group names of this issuer; mostly nothing.</summary>
    public string NamePrefix => Capabilities.NamePrefix;

    /// <summary>How the API server is told about this issuer, where it can be started with flags.</summary>
    public ApiServerMethod Method =>
        AsksByWebhook ? ApiServerMethod.TokenReview
        : ApiVersion is null ? ApiServerMethod.Flags
        : ApiServerMethod.ConfigurationFile;

    /// <summary>The program that fetches the tokens for kubectl.</summary>
    public ExecPlugin Plugin { get; init; }

    /// <summary>The user and the context in the kubeconfig.</summary>
    public string Entry => KubeconfigEntry.NameOf(ClientId);

    /// <summary>The instructions of every cluster in the configuration, in its order.</summary>
    public static IReadOnlyList<ClusterInstructions> All(IssuerUrl issuer, ClientCatalog clients, string? authorityPem) =>
        [.. clients.Clusters.Select(client => Of(issuer, client, authorityPem))];

    /// <param name="issuer">This server's issuer.</param>
    /// <param name="cluster">A client that is a cluster.</param>
    /// <param name="authorityPem">The server's own certificate authority; null if machines trust the issuer's certificate anyway.</param>
    public static ClusterInstructions Of(IssuerUrl issuer, Client cluster, string? authorityPem) =>
        new(issuer.Value, cluster.Id, cluster.Options.SigningAlgorithm, authorityPem)
        {
            AsksByWebhook = cluster.Cluster!.TokenReview.SecretHash is not null,
            Platform = cluster.Cluster.Platform,
            AccessGroups = cluster.Access.Groups,
            Groups = cluster.Options.Groups,
            KubernetesMinor = ClusterRules.MinorOf(cluster.Cluster),
            Plugin = cluster.Cluster.Plugin,
        };

    /// <param name="minor">34 for Kubernetes 1.34; null: 1.34 or later.</param>
    public static string? ApiVersionOf(int? minor) => minor switch
    {
        null or >= 34 => "v1",
        >= 30 => "v1beta1",
        _ => null,
    };

    /// <summary>
    /// Configures kubectl with the plugin of the cluster: a user, and a new context for the cluster of the current context. The
    /// administrator's own context stays unchanged. Without a current context, the new context is for a cluster that must still be added
    /// under the same name.
    /// </summary>
    /// <param name="authorityFile">
    /// The absolute path of the certificate authority on that machine, because kubectl runs in any folder; null embeds it in the command.
    /// </param>
    public string Kubectl(Shell shell, string? authorityFile = null)
    {
        var authority = AuthorityPem is not { } pem ? null
            : authorityFile is null ? ExecCommand.AuthorityData(pem) : ExecCommand.AuthorityFile(authorityFile);
        var (command, args) = ExecCommand.Of(Plugin, Issuer, ClientId, authority);
        string[][] lines =
        [
            ["kubectl", "config", "set-credentials", Entry],
            ["--exec-api-version=client.authentication.k8s.io/v1", "--exec-interactive-mode=IfAvailable"],
            [$"--exec-command={command}", ExecArg(args[0])],
            .. args.Skip(1).Select(arg => new[] { ExecArg(arg) }),
        ];
        var continued = shell is Shell.Bash ? " \\\n  " : " `\n  ";
        return string.Join(continued, lines.Select(line => Words(shell, line))) + "\n" + UseContext(shell, Word(shell, Entry));
    }

    /// <summary>
    /// Why there is no AuthenticationConfiguration for this cluster, and what there is instead; null if there is one.
    /// </summary>
    /// <param name="apiVersion">The version that was asked for; null: the one of the cluster's Kubernetes.</param>
    public string? RefusalOfAuthenticationConfiguration(string? apiVersion) => this switch
    {
        { Capabilities.ConfigurationFile: false } => RefusalOfManaged("an AuthenticationConfiguration"),
        { AsksByWebhook: true } =>
            $"The cluster \"{ClientId}\" uses token review (clusters.{ClientId}.tokenReview). With an AuthenticationConfiguration as "
            + $"well, its API server would accept tokens that the review refuses. Use: clusters flags {ClientId}",
        { ApiVersion: null } when apiVersion is null =>
            $"Kubernetes 1.{KubernetesMinor} (clusters.{ClientId}.kubernetes) has no AuthenticationConfiguration: it begins with 1.30. "
            + $"Use: clusters flags {ClientId}",
        _ => null,
    };

    /// <summary>Why there are no flags for this cluster, and what there is instead; null if there are.</summary>
    public string? RefusalOfFlags() => Capabilities.Flags ? null : RefusalOfManaged("flags of its API server");

    /// <summary>Why there is no file for a webhook that reviews tokens, and what there is instead; null if there is one.</summary>
    public string? RefusalOfWebhook() => Capabilities.TokenReview ? null : RefusalOfManaged("a webhook that reviews tokens");

    /// <summary>The flags of an API server, one per line.</summary>
    /// <param name="authorityFile">The path of the certificate authority on the machine of the API server.</param>
    /// <param name="webhookFile">The path of the webhook's kubeconfig there.</param>
    public string ApiServerFlags(string authorityFile = AuthorityFileOnControlPlane, string webhookFile = WebhookFileOnControlPlane)
    {
        if (AsksByWebhook) return WebhookFlags(webhookFile);

        List<string> flags =
        [
            $"--oidc-issuer-url={Issuer}",
            $"--oidc-client-id={ClientId}",
            "--oidc-username-claim=preferred_username",
            "--oidc-username-prefix=-", // Without it a claim other than e-mail becomes "issuer#name".
            "--oidc-groups-claim=groups",
        ];
        if (Algorithm is not SigningAlgorithm.RS256) flags.Add($"--oidc-signing-algs={Algorithm}");
        if (AuthorityPem is not null) flags.Add($"--oidc-ca-file={authorityFile}");
        return string.Join('\n', flags);
    }

    /// <summary>The flags of an API server that uses the webhook, instead of those with which it checks tokens itself.</summary>
    private static string WebhookFlags(string file) => string.Join('\n',
        $"--authentication-token-webhook-config-file={file}",
        "--authentication-token-webhook-version=v1",
        string.Create(CultureInfo.InvariantCulture, $"--authentication-token-webhook-cache-ttl={WebhookCacheTtl.TotalSeconds}s"));

    /// <summary>
    /// The kubeconfig of an API server's webhook: the address and certificate authority of this server, and the API server's credential, so
    /// the file is secret.
    /// </summary>
    public string WebhookKubeconfig(string credential) => WebhookFile($"\n    token: {Quoted(credential)}");

    /// <summary>The same file without the credential, as pages and API show it. With it, the API server is refused.</summary>
    public string WebhookKubeconfigWithoutCredential() => WebhookFile(" {} # The command clusters token-review adds the credential.");

    private string WebhookFile(string user) => $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: kubeidp
          cluster:
            server: {{Quoted(Issuer.TrimEnd('/') + TokenReviewSetup.Path)}}{{AuthorityData()}}
        users:
        - name: {{Quoted(ClientId)}}
          user:{{user}}
        contexts:
        - name: token-review
          context: { cluster: kubeidp, user: {{Quoted(ClientId)}} }
        current-context: token-review
        """;

    /// <summary>
    /// The file for <c>--authentication-config</c>, which replaces the flags and can do more: it refuses names that Kubernetes reserves and
    /// tokens with a long lifetime.
    /// </summary>
    /// <param name="apiVersion">One of <see cref="ApiVersions"/>.</param>
    public string AuthenticationConfiguration(string apiVersion) => $$"""
        apiVersion: apiserver.config.k8s.io/{{apiVersion}}
        kind: AuthenticationConfiguration
        jwt:
        - issuer:
            url: {{Quoted(Issuer)}}
            audiences: [{{Quoted(ClientId)}}]{{AuthorityBlock()}}
          claimMappings:
            username: { claim: preferred_username, prefix: "" }
            groups: { claim: groups, prefix: "" }
            uid: { claim: sub }
          claimValidationRules:
          - expression: "claims.exp - claims.iat <= {{TokenOptions.MaxLifetime.TotalSeconds.ToString(CultureInfo.InvariantCulture)}}"
            message: the token lives too long
          userValidationRules:
          - expression: "!user.username.startsWith('system:')"
            message: names of Kubernetes itself are not for people
          - expression: "user.groups.all(group, !group.startsWith('system:'))"
            message: groups of Kubernetes itself are not for people
          - expression: "user.username != ''"
            message: a user name must not be empty
        """;

    private string RefusalOfManaged(string what) =>
        $"{Capabilities.Name} has no setting for {what}. Use: clusters instructions {ClientId}";

    private string UseContext(Shell shell, string entry) => shell switch
    {
        Shell.Bash => $$"""
            cluster=$(kubectl config view -o go-template='{{CurrentCluster}}')
            [ "$cluster" ] || cluster={{entry}}
            kubectl config set-context {{entry}} {{Word(shell, $"--user={Entry}")}} "--cluster=$cluster"
            kubectl config use-context {{entry}}
            """,
        Shell.PowerShell => $$"""
            $cluster = kubectl config view -o 'go-template={{CurrentCluster}}'
            if (-not $cluster) { $cluster = '{{Entry.Replace("'", "''", StringComparison.Ordinal)}}' }
            kubectl config set-context {{entry}} {{Word(shell, $"--user={Entry}")}} "--cluster=$cluster"
            kubectl config use-context {{entry}}
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(shell)),
    };

    private string AuthorityData() => AuthorityPem is { } pem ? $"\n    certificate-authority-data: {Kubeconfig.DataOf(pem)}" : "";

    private string AuthorityBlock() => AuthorityPem is null
        ? ""
        : "\n    certificateAuthority: |\n"
        + string.Join('\n', AuthorityPem.TrimEnd().Split('\n').Select(line => $"      {line.TrimEnd()}"));

    /// <summary>kubectl reads the values of --exec-arg as one line of CSV.</summary>
    private static string ExecArg(string value) =>
        "--exec-arg=" + (value.AsSpan().ContainsAny(',', '"') ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value);

    private static string Words(Shell shell, IEnumerable<string> words) => string.Join(' ', words.Select(word => Word(shell, word)));

    private static string Word(Shell shell, string word) => shell switch
    {
        Shell.Bash => PlainInBash().IsMatch(word) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'",

        // PowerShell splits an unquoted word that begins with a dash at its first dot or colon.
        Shell.PowerShell => PlainInPowerShell().IsMatch(word) ? word : $"'{word.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => throw new ArgumentOutOfRangeException(nameof(shell)),
    };

    /// <summary>
    /// A JSON string is also a YAML string, whatever it contains, and is never read as a number, a truth value or nothing.
    /// </summary>
    internal static string Quoted(string value) => JsonSerializer.Serialize(value, Readable);

    [GeneratedRegex(@"\A[A-Za-z0-9_@%+=:,./-]+\z")]
    private static partial Regex PlainInBash();

    [GeneratedRegex(@"\A[A-Za-z0-9-]+\z")]
    private static partial Regex PlainInPowerShell();
}
