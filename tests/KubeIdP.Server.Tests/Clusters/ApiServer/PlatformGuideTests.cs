using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Cli.Administration;
using KubeIdP.Cli.Api;
using KubeIdP.Core.Clusters;
using KubeIdP.Server.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Clusters.ApiServer;
using KubeIdP.Server.Keys;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Testing.Directories;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Server.Tests.Clusters.ApiServer;

/// <summary>
/// The instructions for each platform. How they read is in the folder <c>guides</c> beside this file, one page for each; that they are
/// right is checked field by field here, as far as it can be without the platforms.
/// </summary>
public sealed partial class PlatformGuideTests
{
    private const string Issuer = "https://login.example.com/idp";

    private static readonly string Pem = CreatePem();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Platforms => [.. Enum.GetNames<ClusterPlatform>()];

    /// <summary>Every way in which a cluster can be configured that changes its instructions.</summary>
    public static TheoryData<string, int?, bool, bool> Variants
    {
        get
        {
            var all = new TheoryData<string, int?, bool, bool>();
            foreach (var platform in Enum.GetNames<ClusterPlatform>())
            foreach (var minor in (int?[])[null, 35, 31, 29])
            foreach (var hasOwnAuthority in (bool[])[true, false])
            foreach (var reviews in (bool[])[true, false])
                all.Add(platform, minor, hasOwnAuthority, reviews);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task The_instructions_read_as_the_page_in_this_folder(string platform)
    {
        // An authority is long and says nothing to a reader.
        var cluster = Cluster(platform) with { AuthorityPem = "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n" };

        var text = GuideText.Of(ClusterRecords.Of(PlatformGuides.For(cluster)), cluster.ClientId) + "\n";

        var name = $"{platform.ToLowerInvariant()}.md";
        var written = Path.Combine(AppContext.BaseDirectory, name);
        await File.WriteAllTextAsync(written, text, Ct);
        var page = Repository.File($"tests/KubeIdP.Server.Tests/Clusters/ApiServer/guides/{name}");
        Assert.True(File.Exists(page) && await File.ReadAllTextAsync(page, Ct) == text,
            $"{page} is out of date. Read the current one, then take it: cp {written} {page}");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Each_content_is_what_it_says_it_is(string platform, int? minor, bool hasOwnAuthority, bool reviews)
    {
        var guide = PlatformGuides.For(Cluster(platform) with
        {
            KubernetesMinor = minor, AsksByWebhook = reviews, AuthorityPem = hasOwnAuthority ? Pem : null,
        });

        Assert.NotEmpty(guide.Steps);
        Assert.Equal("kubectl auth whoami", guide.Steps.Last(step => step.Content?.StartsWith("kubectl", StringComparison.Ordinal) is true)
            .Content);
        foreach (var step in guide.Steps)
        {
            Assert.Matches(@"^[A-Z].*[.:]$", step.Text);
            Assert.Equal(step.Kind is GuideContent.None, step.Content is null);
            switch (step.Kind)
            {
                case GuideContent.Yaml: new YamlStream().Load(new StringReader(step.Content!)); break;
                case GuideContent.Json: JsonDocument.Parse(step.Content!).Dispose(); break;
                case GuideContent.Pem: Assert.Equal(Pem.TrimEnd(), step.Content); break;
                case GuideContent.Text: Assert.All(step.Content!.Split('\n'), line => Assert.Matches("^--[a-z-]+=", line)); break;
                case GuideContent.Shell:
                    (await Programs.RunAsync(new ProcessStartInfo("bash", ["-n", "-c", step.Content!]), input: null, Ct)).Succeeded();
                    break;
                default: break;
            }
        }
    }

    // With both, the API server would accept a token that the review refuses.
    [Theory]
    [MemberData(nameof(Platforms))]
    public void With_token_review_nothing_lets_the_API_server_trust_signatures(string platform)
    {
        var cluster = Cluster(platform) with { AsksByWebhook = true };
        if (cluster.RefusalOfWebhook() is not null) return; // A rule of the configuration refuses token review there.

        var contents = PlatformGuides.For(cluster).Steps.Where(step => step.Content is not null).ToList();

        Assert.DoesNotContain(contents, step => step.Content!.Contains("--oidc-", StringComparison.Ordinal)
            || step.Content.Contains("authentication-config=", StringComparison.Ordinal)
            || step.Content.Contains("jwt:", StringComparison.Ordinal) || step.Content.Contains("issuerURL", StringComparison.Ordinal));
        Assert.Contains(PlatformGuides.For(cluster).Steps, step =>
            step.Text.Contains($"clusters token-review {cluster.ClientId}", StringComparison.Ordinal));
    }

    // They are shown to auditors.
    [Theory]
    [MemberData(nameof(Platforms))]
    public void No_instructions_contain_a_credential(string platform)
    {
        var text = GuideText.Of(ClusterRecords.Of(PlatformGuides.For(Cluster(platform) with { AsksByWebhook = true })), "prod");

        Assert.DoesNotContain("token:", text.Replace("- name: token", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "v1")]
    [InlineData(34, "v1")]
    [InlineData(33, "v1beta1")]
    [InlineData(30, "v1beta1")]
    [InlineData(29, null)]
    public void The_version_of_Kubernetes_decides_the_version_of_the_file(int? minor, string? apiVersion)
    {
        var cluster = Cluster("Kubeadm") with { KubernetesMinor = minor };

        var contents = PlatformGuides.For(cluster).Steps.Select(step => step.Content).OfType<string>().ToList();

        Assert.Equal(apiVersion, cluster.ApiVersion);
        if (apiVersion is null)
        {
            Assert.Contains(contents, content => content.Contains($"--oidc-issuer-url={Issuer}", StringComparison.Ordinal));
            Assert.DoesNotContain(contents, content => content.Contains("AuthenticationConfiguration", StringComparison.Ordinal));
            Assert.Contains("clusters flags prod", cluster.RefusalOfAuthenticationConfiguration(null), StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(contents, content => content.StartsWith($"apiVersion: apiserver.config.k8s.io/{apiVersion}\n",
                StringComparison.Ordinal));
            Assert.DoesNotContain(contents, content => content.Contains("oidc-", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(null, "list")]
    [InlineData(31, "list")]
    [InlineData(30, "map")]
    [InlineData(29, "map")]
    public void Kubeadm_keeps_the_arguments_in_the_form_of_its_version(int? minor, string form)
    {
        var steps = PlatformGuides.For(Cluster("Kubeadm") with { KubernetesMinor = minor }).Steps;

        var upgrade = Parse(steps.Single(step => step.Text.Contains("kubeadm upgrade", StringComparison.Ordinal)));
        var arguments = upgrade["apiServer"]["extraArgs"];
        var manifest = (YamlSequenceNode)Parse(steps.Single(step => step.Text.Contains("manifests/kube-apiserver.yaml",
            StringComparison.Ordinal)));
        var pairs = form == "list"
            ? ((YamlSequenceNode)arguments).Select(one => $"--{one["name"]}={one["value"]}")
            : ((YamlMappingNode)arguments).Children.Select(one => $"--{one.Key}={one.Value}");
        Assert.Equal(manifest.Select(flag => $"{flag}"), pairs);
    }

    [Theory]
    [InlineData("K3s", "/etc/rancher/k3s", "k3s")]
    [InlineData("Rke2", "/etc/rancher/rke2", "rke2-server")]
    public void K3s_and_RKE2_get_a_file_beside_their_own_configuration(string platform, string folder, string service)
    {
        var steps = PlatformGuides.For(Cluster(platform)).Steps;

        var (file, configuration) = (steps[0], Parse(steps[1]));

        Assert.Equal(($"{folder}/authentication.yaml", $"{folder}/config.yaml.d/kubeidp.yaml"), (file.File, steps[1].File));
        Assert.Equal([$"authentication-config={file.File}"],
            ((YamlSequenceNode)configuration["kube-apiserver-arg+"]).Select(one => $"{one}"));
        Assert.Equal($"sudo systemctl restart {service}", steps[2].Content);
    }

    [Theory]
    [InlineData(null, "authentication.yaml", "authentication-config")]
    [InlineData(29, "kubeidp-ca.crt", "oidc-ca-file")]
    public void Kind_mounts_the_file_that_the_argument_names(int? minor, string name, string argument)
    {
        var steps = PlatformGuides.For(Cluster("Kind") with { ClientId = "Test_1", KubernetesMinor = minor }).Steps;

        var node = Parse(steps.Single(step => step.File == "kind.yaml"))["nodes"][0];
        var mount = Assert.Single((YamlSequenceNode)node["extraMounts"]);
        var patch = Parse($"{node["kubeadmConfigPatches"][0]}");

        Assert.Equal(name, steps[0].File);
        Assert.Equal(($"./{name}", $"/etc/kubernetes/pki/{name}"), ($"{mount["hostPath"]}", $"{mount["containerPath"]}"));
        Assert.Equal("ClusterConfiguration", patch["kind"]);
        Assert.Equal($"/etc/kubernetes/pki/{name}", patch["apiServer"]["extraArgs"][argument]);
        Assert.Contains(steps, step => step.Content == "kind create cluster --name test-1 --config kind.yaml");
    }

    [Fact]
    public void Talos_gets_the_document_and_for_older_configurations_arguments_with_a_file()
    {
        var cluster = Cluster("Talos");
        var steps = PlatformGuides.For(cluster).Steps;

        var document = Parse(steps.Single(step => step.File == "talos.yaml"));
        var legacy = Parse(steps.Single(step => step.File == "talos-legacy.yaml"));

        Assert.Equal(("v1alpha1", "KubeAuthenticationConfig"), ($"{document["apiVersion"]}", $"{document["kind"]}"));
        AssertOurs(document["configuration"], cluster);
        Assert.Equal(["/livez", "/readyz", "/healthz"],
            ((YamlSequenceNode)document["configuration"]["anonymous"]["conditions"]).Select(one => $"{one["path"]}"));
        var file = legacy["machine"]["files"][0];
        AssertOurs(Parse($"{file["content"]}"), cluster);
        var volume = legacy["cluster"]["apiServer"]["extraVolumes"][0];
        Assert.Equal($"{file["path"]}", legacy["cluster"]["apiServer"]["extraArgs"]["authentication-config"]);
        Assert.StartsWith($"{volume["mountPath"]}/", $"{file["path"]}", StringComparison.Ordinal);
        Assert.StartsWith("/var/", $"{volume["hostPath"]}", StringComparison.Ordinal);
        Assert.Equal($"{volume["hostPath"]}", $"{volume["mountPath"]}");
    }

    [Fact]
    public void Talos_is_told_by_webhook_in_its_own_document()
    {
        var document = Parse(PlatformGuides.For(Cluster("Talos") with { AsksByWebhook = true }).Steps
            .Single(step => step.File == "talos.yaml"));

        Assert.Equal(("KubeAuthenticationWebhookConfig", "v1", "3s"),
            ($"{document["kind"]}", $"{document["version"]}", $"{document["cacheTTL"]}"));
        Assert.Equal($"{Issuer}/k8s/token-review", Parse($"{document["kubeconfig"]}")["clusters"][0]["cluster"]["server"]);
    }

    [Fact]
    public void EKS_gets_each_field_of_its_provider_and_no_prefix()
    {
        var steps = PlatformGuides.For(Cluster("Eks") with { AuthorityPem = null }).Steps;

        var file = steps.Single(step => step.Kind is GuideContent.Json);
        var provider = JsonDocument.Parse(file.Content!).RootElement;

        Assert.Equal(
            [("identityProviderConfigName", "kubeidp"), ("issuerUrl", Issuer), ("clientId", "prod"),
                ("usernameClaim", "preferred_username"), ("usernamePrefix", "-"), ("groupsClaim", "groups")],
            provider.EnumerateObject().Select(member => (member.Name, member.Value.GetString()!)));
        Assert.Contains(steps, step => step.Content ==
            $"aws eks associate-identity-provider-config --cluster-name prod --oidc file://{file.File}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AKS_gets_expressions_with_the_prefix_that_it_demands(bool hasOwnAuthority)
    {
        var cluster = Cluster("Aks") with { AuthorityPem = hasOwnAuthority ? Pem : null };
        var steps = PlatformGuides.For(cluster).Steps;

        var file = JsonDocument.Parse(steps.Single(step => step.Kind is GuideContent.Json).Content!).RootElement;

        Assert.Equal((Issuer, "prod"), (file.GetProperty("issuer").GetProperty("url").GetString(),
            file.GetProperty("issuer").GetProperty("audiences")[0].GetString()));
        Assert.Equal(hasOwnAuthority, file.TryGetProperty("certificateAuthorityBundle", out var authority));
        if (hasOwnAuthority) Assert.Equal(Pem, authority.GetString());
        Assert.Equal("'aks:jwt:' + claims.preferred_username", Expression("claimMappings", "username"));
        Assert.Contains(".map(group, 'aks:jwt:' + group)", Expression("claimMappings", "groups"), StringComparison.Ordinal);
        Assert.Equal("claims.sub", Expression("claimMappings", "uid"));
        Assert.Equal("claims.exp - claims.iat <= 900", file.GetProperty("claimValidationRules")[0].GetProperty("expression").GetString());
        Assert.Equal("!user.username.startsWith('aks:jwt:system:')",
            file.GetProperty("userValidationRules")[0].GetProperty("expression").GetString());
        Assert.Equal("aks:jwt:", cluster.NamePrefix);
        var name = AksName().Match(steps.Single(step => step.Content?.Contains(" add ", StringComparison.Ordinal) is true
            && step.Content.Contains("--config-file", StringComparison.Ordinal)).Content!).Groups[1].Value;
        Assert.Matches("^[a-z][a-z0-9]{0,23}$", name);

        string Expression(string mappings, string of) =>
            file.GetProperty(mappings).GetProperty(of).GetProperty("expression").GetString()!;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OpenShift_gets_its_object_and_the_authority_in_a_ConfigMap(bool hasOwnAuthority)
    {
        var steps = PlatformGuides.For(Cluster("Openshift") with { AuthorityPem = hasOwnAuthority ? Pem : null }).Steps;

        var file = Parse(steps.Single(step => step.File == "openshift-authentication.yaml"));
        var provider = file["spec"]["oidcProviders"][0];
        var withConsole = Parse(steps.Single(step => step.File == "openshift-authentication-console.yaml"))["spec"]["oidcProviders"][0];

        Assert.Equal(("config.openshift.io/v1", "Authentication", "cluster", "OIDC"),
            ($"{file["apiVersion"]}", $"{file["kind"]}", $"{file["metadata"]["name"]}", $"{file["spec"]["type"]}"));
        Assert.Equal("null", $"{file["spec"]["webhookTokenAuthenticator"]}");
        Assert.Equal((Issuer, "prod"), ($"{provider["issuer"]["issuerURL"]}", $"{provider["issuer"]["audiences"][0]}"));
        Assert.Equal(("preferred_username", "NoPrefix", "groups"), ($"{provider["claimMappings"]["username"]["claim"]}",
            $"{provider["claimMappings"]["username"]["prefixPolicy"]}", $"{provider["claimMappings"]["groups"]["claim"]}"));
        Assert.Equal(["prod"], ((YamlSequenceNode)provider["oidcClients"]).Select(client => $"{client["clientID"]}"));
        Assert.Equal(["prod", "prod-console"], ((YamlSequenceNode)withConsole["issuer"]["audiences"]).Select(audience => $"{audience}"));
        Assert.Equal([("prod", "cli"), ("prod-console", "console")], ((YamlSequenceNode)withConsole["oidcClients"]).Select(client =>
            ($"{client["clientID"]}", $"{client["componentName"]}")));
        Assert.Equal(["profile", "groups", "offline_access"],
            ((YamlSequenceNode)withConsole["oidcClients"][1]["extraScopes"]).Select(scope => $"{scope}"));
        Assert.Equal(provider["claimMappings"], withConsole["claimMappings"]);
        var map = steps.SingleOrDefault(step => step.Content?.Contains("create configmap", StringComparison.Ordinal) is true);
        Assert.Equal(hasOwnAuthority, map is not null);
        if (hasOwnAuthority)
        {
            var name = provider["issuer"]["issuerCertificateAuthority"]["name"];
            Assert.Contains($"configmap {name} --from-file=ca-bundle.crt=", map!.Content, StringComparison.Ordinal);
        }
    }

    // Else somebody who may not use the cluster would get in with a token of the console, or with groups that the cluster's tokens lack.
    [Theory]
    [InlineData("{}")]
    [InlineData("""{ access: { groups: ["local:k8s: prod", "local:ops"] } }""")]
    [InlineData("""
        { access: { groups: ["local:ops"] }, groups: { include: ["k8s-*", "#ops: 'x'"], exclude: ["k8s-\"old\"-*"],
          rename: { "k8s-a: b": "team \\ #1", "true": "1.5" }, prefix: "corp:" } }
        """)]
    public void The_client_of_the_OpenShift_console_has_the_people_and_the_groups_of_the_cluster(string cluster)
    {
        using var folder = new TemporaryFolder();
        var configuration = $"clusters:\n  prod: {cluster.ReplaceLineEndings("\n").Replace("\n", "\n    ", StringComparison.Ordinal)}\n";
        var configured = Load(folder, configuration).FindCluster("prod")!;
        var guide = PlatformGuides.For(ClusterInstructions.Of(new(Issuer), configured, authorityPem: null) with
        {
            Platform = ClusterPlatform.Openshift,
        });

        var block = guide.Steps.Single(step => step.Content?.StartsWith("clients:", StringComparison.Ordinal) is true).Content!;
        var console = Load(folder, configuration + block.Replace("SECRET_HASH", ClientSecret.Create().Hash, StringComparison.Ordinal))
            .Find("prod-console")!;

        Assert.Equal((ClientKind.Web, TimeSpan.FromMinutes(5)), (console.Kind, console.Options.IdTokenLifetime));
        Assert.Equal(configured.Access.Groups, console.Access.Groups);
        Assert.Equivalent(configured.Options.Groups, console.Options.Groups, strict: true);
    }

    // What a cloud's control plane can't reach or trust is said before the first step, and nothing if it can.
    [Theory]
    [InlineData("Eks", "https://login.example.com", false, 0)]
    [InlineData("Eks", "https://login.example.com", true, 1)]
    [InlineData("Eks", "https://idp.corp.internal", false, 1)]
    [InlineData("Eks", "https://localhost:8443", true, 2)]
    [InlineData("Eks", "https://10.1.2.3:8443", false, 1)]
    [InlineData("Eks", "https://[fd00::1]", false, 1)]
    [InlineData("Eks", "https://idp", false, 1)]
    [InlineData("Eks", "https://9.9.9.9", false, 0)]
    [InlineData("Aks", "https://login.example.com", false, 0)]
    [InlineData("Aks", "https://login.example.com", true, 0)]
    [InlineData("Aks", "https://172.18.0.1:8443", true, 1)]
    [InlineData("Openshift", "https://idp.corp.internal", true, 0)]
    [InlineData("Kubeadm", "https://172.18.0.1:8443", true, 0)]
    public void What_a_cloud_cannot_do_with_this_issuer_is_computed(string platform, string issuer, bool hasOwnAuthority, int obstacles)
    {
        var cluster = Cluster(platform) with { Issuer = issuer, AuthorityPem = hasOwnAuthority ? Pem : null };

        var found = PlatformGuides.For(cluster).Obstacles;

        Assert.Equal(obstacles, found.Count);
        Assert.All(found, obstacle => Assert.True(obstacle.What != "" && obstacle.Fix != ""));
    }

    [Theory]
    [InlineData("Openshift", 32, 1)]
    [InlineData("Openshift", 33, 0)]
    [InlineData("Aks", 29, 1)]
    [InlineData("Aks", 30, 0)]
    public void A_version_that_is_too_old_for_the_platform_is_named(string platform, int minor, int obstacles)
    {
        var cluster = Cluster(platform) with { KubernetesMinor = minor, AuthorityPem = null };

        Assert.Equal(obstacles, PlatformGuides.For(cluster).Obstacles.Count);
    }

    [Theory]
    [InlineData("Eks")]
    [InlineData("Aks")]
    [InlineData("Openshift")]
    public void A_managed_platform_has_no_file_and_no_flags(string platform)
    {
        var cluster = Cluster(platform);

        Assert.Contains("clusters instructions prod", cluster.RefusalOfAuthenticationConfiguration("v1"), StringComparison.Ordinal);
        Assert.Contains("clusters instructions prod", cluster.RefusalOfFlags(), StringComparison.Ordinal);
        Assert.Contains("clusters instructions prod",
            (cluster with { AsksByWebhook = true }).RefusalOfAuthenticationConfiguration(null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Eks")]
    [InlineData("Aks")]
    [InlineData("Proxy")]
    public void When_the_own_IAM_of_the_cloud_is_the_better_choice_is_said(string platform) =>
        Assert.Single(PlatformGuides.For(Cluster(platform)).Notes,
            note => note.Contains("is the better choice", StringComparison.Ordinal)
                || note.Contains("are the better choice", StringComparison.Ordinal));

    // A first start has this issuer, and the instructions would be followed in vain.
    [Fact]
    public void An_issuer_that_only_this_machine_reaches_is_said_first()
    {
        var local = PlatformGuides.For(Cluster("Kubeadm") with { Issuer = "https://localhost:8443" });

        Assert.Contains("Only an API server in the network of this very machine can reach it", local.Notes[0], StringComparison.Ordinal);
        Assert.DoesNotContain(PlatformGuides.For(Cluster("Kubeadm")).Notes,
            note => note.Contains("very machine", StringComparison.Ordinal));
    }

    private static ClusterInstructions Cluster(string platform) =>
        new(Issuer, "prod", SigningAlgorithm.RS256, Pem) { Platform = Enum.Parse<ClusterPlatform>(platform) };

    /// <summary>That it is the same as the file by itself.</summary>
    private static void AssertOurs(YamlNode node, ClusterInstructions cluster)
    {
        var ours = (YamlMappingNode)Parse(cluster.AuthenticationConfiguration(cluster.ApiVersion!));
        Assert.All(ours.Children, member => Assert.Equal(member.Value, node[member.Key]));
        Assert.Equal(Pem.TrimEnd(), $"{node["jwt"][0]["issuer"]["certificateAuthority"]}".TrimEnd());
    }

    private static ClientCatalog Load(TemporaryFolder folder, string configuration)
    {
        var file = folder.Write("kubeidp.yaml", configuration);
        var answer = SettingsLoader.Load(file, folder.Path, []);
        Assert.True(answer is SettingsAnswer.Usable, $"{answer}\n{configuration}");
        var settings = ((SettingsAnswer.Usable)answer).Settings;
        return new(settings.Clusters, settings.Clients, settings.Cli);
    }

    private static YamlNode Parse(GuideStep step) => Parse(step.Content!);

    private static YamlNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].RootNode;
    }

    private static string CreatePem()
    {
        using var authority = new TestAuthority(string.Create(CultureInfo.InvariantCulture, $"CN=own {nameof(PlatformGuideTests)}"));
        return authority.Pem;
    }

    [GeneratedRegex("--name ([^ ]+)")]
    private static partial Regex AksName();
}
