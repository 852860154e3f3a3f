using System.Diagnostics;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Clusters;

public sealed class ClusterInstructionsTests
{
    private const string Pem =
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n";

    private static readonly ClusterInstructions Plain = new("https://localhost:8443", "kubernetes", SigningAlgorithm.RS256, Pem);

    private const string PemAsData =
        "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFBQUEKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQot"
        + "LS0tLUJFR0lOIENFUlRJRklDQVRFLS0tLS0KQkJCQgotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg==";

    private const string CurrentCluster =
        "{{$current := index . `current-context`}}{{range .contexts}}{{if eq .name $current}}{{.context.cluster}}{{end}}{{end}}";

    [Fact]
    public void The_command_for_kubectl_carries_the_authority() =>
        Assert.Equal($$"""
            kubectl config set-credentials kubeidp-kubernetes \
              --exec-api-version=client.authentication.k8s.io/v1 --exec-interactive-mode=IfAvailable \
              --exec-command=kubectl-oidc_login --exec-arg=get-token \
              --exec-arg=--oidc-issuer-url=https://localhost:8443 \
              --exec-arg=--oidc-client-id=kubernetes \
              --exec-arg=--certificate-authority-data={{PemAsData}} \
              --exec-arg=--token-cache-storage=disk
            cluster=$(kubectl config view -o go-template='{{CurrentCluster}}')
            [ "$cluster" ] || cluster=kubeidp-kubernetes
            kubectl config set-context kubeidp-kubernetes --user=kubeidp-kubernetes "--cluster=$cluster"
            kubectl config use-context kubeidp-kubernetes
            """, Plain.Kubectl(Shell.Bash));

    // One source for both: a person gets the same user whether they download the file or paste the commands.
    [Theory]
    [InlineData(ExecPlugin.Kubelogin, null)]
    [InlineData(ExecPlugin.Kubelogin, Pem)]
    [InlineData(ExecPlugin.Kubeidp, null)]
    [InlineData(ExecPlugin.Kubeidp, Pem)]
    public async Task The_commands_write_the_program_and_the_arguments_of_the_downloaded_file(ExecPlugin plugin, string? pem)
    {
        using var folder = new TemporaryFolder();
        var downloaded = Parse(Kubeconfig.Of("https://localhost:8443", pem,
            [new("kubernetes", "https://api.example.com", null, null, plugin)]));
        var start = new ProcessStartInfo("bash", ["-c", (Plain with { Plugin = plugin, AuthorityPem = pem }).Kubectl(Shell.Bash)]);
        (start.Environment["HOME"], start.Environment["KUBECONFIG"]) = (folder.Path, "");

        (await Programs.RunAsync(start, null, TestContext.Current.CancellationToken)).Succeeded();

        var pasted = Parse(await File.ReadAllTextAsync(folder.File(".kube/config"), TestContext.Current.CancellationToken));
        var (expected, exec) = (downloaded["users"][0]["user"]["exec"], pasted["users"][0]["user"]["exec"]);
        foreach (var key in (string[])["apiVersion", "command", "args", "interactiveMode"]) Assert.Equal(expected[key], exec[key]);
    }

    /// <summary>By the real kubectl, which looks at nothing but the file.</summary>
    [Theory]
    [InlineData(null, "kubeidp-kubernetes")]
    [InlineData("kubectl config set-context admin --cluster=kind-kind --user=admin && kubectl config use-context admin", "kind-kind")]
    [InlineData("kubectl config set-context admin --cluster=kind-kind --user=admin", "kubeidp-kubernetes")]
    public async Task A_kubeconfig_gets_a_user_and_a_context_and_keeps_those_that_it_has(string? before, string cluster)
    {
        using var folder = new TemporaryFolder();

        for (var times = 0; times < 2; times++)
            (await RunAsync($"{(times == 0 && before is not null ? before : "true")} && {Plain.Kubectl(Shell.Bash)}")).Succeeded();

        Assert.Equal($"kubeidp-kubernetes {cluster} kubeidp-kubernetes",
            await ShownAsync("{.current-context} {.contexts[?(@.name==\"kubeidp-kubernetes\")].context.cluster} {.users[0].name}"));
        if (before is not null)
            Assert.Equal("kind-kind admin",
                await ShownAsync("{.contexts[?(@.name==\"admin\")].context.cluster} {.contexts[?(@.name==\"admin\")].context.user}"));

        async Task<string> ShownAsync(string path) => (await RunAsync($"kubectl config view -o jsonpath='{path}'")).Succeeded().Output;

        Task<Outcome> RunAsync(string command)
        {
            var start = new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = folder.Path };
            (start.Environment["HOME"], start.Environment["KUBECONFIG"]) = (folder.Path, "");
            return Programs.RunAsync(start, null, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void It_names_a_file_or_nothing_when_that_is_how_the_authority_is_trusted()
    {
        Assert.Contains(" --exec-arg=--certificate-authority=/tls/ca.crt ", Plain.Kubectl(Shell.Bash, "/tls/ca.crt"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("certificate-authority", (Plain with { AuthorityPem = null }).Kubectl(Shell.Bash), StringComparison.Ordinal);
    }

    [Fact]
    public void PowerShell_gets_its_own_quotes_and_line_ends()
    {
        var command = (Plain with { ClientId = "it's" }).Kubectl(Shell.PowerShell, @"C:\ca.crt");

        Assert.Equal($$"""
            kubectl config set-credentials 'kubeidp-it''s' `
              '--exec-api-version=client.authentication.k8s.io/v1' '--exec-interactive-mode=IfAvailable' `
              '--exec-command=kubectl-oidc_login' '--exec-arg=get-token' `
              '--exec-arg=--oidc-issuer-url=https://localhost:8443' `
              '--exec-arg=--oidc-client-id=it''s' `
              '--exec-arg=--certificate-authority=C:\ca.crt' `
              '--exec-arg=--token-cache-storage=disk'
            $cluster = kubectl config view -o 'go-template={{CurrentCluster}}'
            if (-not $cluster) { $cluster = 'kubeidp-it''s' }
            kubectl config set-context 'kubeidp-it''s' '--user=kubeidp-it''s' "--cluster=$cluster"
            kubectl config use-context 'kubeidp-it''s'
            """, command);
    }

    [Theory]
    [InlineData("kubernetes", "--exec-arg=--oidc-client-id=kubernetes")]
    [InlineData("it's;$(id)&`id`", "--exec-arg=--oidc-client-id=it's;$(id)&`id`")]
    [InlineData("a,\"b\"", "--exec-arg=\"--oidc-client-id=a,\"\"b\"\"\"")]
    public async Task Bash_reads_the_arguments_as_they_were(string clientId, string word)
    {
        var command = (Plain with { ClientId = clientId }).Kubectl(Shell.Bash)
            .Replace("kubectl config", "printf '%s\\n'", StringComparison.Ordinal);

        var start = new ProcessStartInfo("bash");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        var outcome = (await Programs.RunAsync(start, null, TestContext.Current.CancellationToken)).Succeeded();

        Assert.Contains(word, outcome.Output.Split('\n'));
    }

    [Fact]
    public void The_flags_are_those_of_kube_apiserver()
    {
        Assert.Equal("""
            --oidc-issuer-url=https://localhost:8443
            --oidc-client-id=kubernetes
            --oidc-username-claim=preferred_username
            --oidc-username-prefix=-
            --oidc-groups-claim=groups
            --oidc-ca-file=/etc/kubernetes/pki/kubeidp-ca.crt
            """, Plain.ApiServerFlags());
        Assert.EndsWith("--oidc-groups-claim=groups\n--oidc-signing-algs=ES256",
            (Plain with { Algorithm = SigningAlgorithm.ES256, AuthorityPem = null }).ApiServerFlags(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1", "kubernetes")]
    [InlineData("v1beta1", "a: \"b\" # [c]")]
    public void The_AuthenticationConfiguration_is_YAML_that_says_so(string apiVersion, string clientId)
    {
        var file = Parse((Plain with { ClientId = clientId }).AuthenticationConfiguration(apiVersion));

        Assert.Equal($"apiserver.config.k8s.io/{apiVersion}", file["apiVersion"]);
        Assert.Equal("AuthenticationConfiguration", file["kind"]);
        var issuer = file["jwt"][0]["issuer"];
        Assert.Equal(("https://localhost:8443", clientId, Pem),
            ($"{issuer["url"]}", $"{issuer["audiences"][0]}", $"{issuer["certificateAuthority"]}".TrimEnd() + "\n"));
        Assert.Equal("preferred_username", file["jwt"][0]["claimMappings"]["username"]["claim"]);
        Assert.Equal("", file["jwt"][0]["claimMappings"]["groups"]["prefix"]);
        Assert.Equal("claims.exp - claims.iat <= 900", file["jwt"][0]["claimValidationRules"][0]["expression"]);
        Assert.Equal("!user.username.startsWith('system:')", file["jwt"][0]["userValidationRules"][0]["expression"]);
        Assert.Equal("user.groups.all(group, !group.startsWith('system:'))", file["jwt"][0]["userValidationRules"][1]["expression"]);
        Assert.Equal("user.username != ''", file["jwt"][0]["userValidationRules"][2]["expression"]);
    }

    [Fact]
    public void Without_a_local_authority_the_file_names_none()
    {
        var issuer = Parse((Plain with { AuthorityPem = null }).AuthenticationConfiguration("v1"))["jwt"][0]["issuer"];

        Assert.DoesNotContain("certificateAuthority", ((YamlMappingNode)issuer).Children.Keys.Select(key => $"{key}"));
    }

    private static YamlNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].RootNode;
    }
}
