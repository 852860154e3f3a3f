using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tests.Kubernetes;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;
using k8s;
using k8s.Models;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>What <c>kubectl apply -k</c> would send: against Kubernetes's own types, and against what this server is.</summary>
public sealed class ManifestTests : IDisposable
{
    /// <summary>By their owners' schema, which is not Kubernetes's.</summary>
    private static readonly string[] OthersKinds = ["Certificate", "ServiceMonitor", "PrometheusRule"];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Sets => ["base", "overlays/example"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task What_is_rendered_are_objects_that_Kubernetes_knows(string set)
    {
        var objects = await RenderAsync(set);

        Assert.Equal(
            ["ConfigMap", "Deployment", "Ingress", "Job", "Namespace", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount"],
            objects.Select(one => one.Kind).Distinct().Order());
        Assert.All(objects.Where(one => one.Kind != "Namespace"),
            one => Assert.Equal("kubeidp", ((IMetadata<V1ObjectMeta>)one).Metadata.NamespaceProperty));
    }

    // Pod Security Standards, level "restricted"; and what an attacker in the container would look for first.
    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Each_pod_has_no_more_rights_than_it_needs(string set)
    {
        var pods = Pods(await RenderAsync(set)).ToList();

        Assert.Equal(2, pods.Count);
        Assert.All(pods, pod =>
        {
            Assert.Equal((false, false), (pod.EnableServiceLinks, pod.AutomountServiceAccountToken));
            Assert.Null(pod.HostNetwork ?? pod.HostPID ?? pod.HostIPC);
            Assert.Equal((true, "RuntimeDefault"), (pod.SecurityContext.RunAsNonRoot, pod.SecurityContext.SeccompProfile.Type));
            Assert.Equal(ImageUser, pod.SecurityContext.RunAsUser);
            Assert.All(pod.Volumes,
                volume => Assert.True(volume.ConfigMap is not null || volume.Secret is not null || volume.EmptyDir is not null,
                    volume.Name));
            var container = Assert.Single(pod.Containers);
            Assert.Equal((false, true),
                (container.SecurityContext.AllowPrivilegeEscalation, container.SecurityContext.ReadOnlyRootFilesystem));
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.NotNull(container.Resources.Limits["memory"]);
        });
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Its_configuration_is_one_that_this_server_takes_and_the_ports_are_those_of_the_manifests(string set)
    {
        var objects = await RenderAsync(set);
        folder.Write("kubeidp.yaml",
            objects.OfType<V1ConfigMap>().Single(map => map.Data.ContainsKey("kubeidp.yaml")).Data["kubeidp.yaml"]);

        var faults = Assert.IsType<SettingsAnswer.Unusable>(SettingsLoader.Load(null, folder.Path, [])).Faults;
        Assert.All(faults, fault => Assert.Contains("can't be read: ", fault.What, StringComparison.Ordinal));

        // With the Secret's files in place it is whole.
        var text = File.ReadAllText(folder.File("kubeidp.yaml")).Replace("/secrets/", $"{folder.Path}/", StringComparison.Ordinal);
        foreach (Match file in Regex.Matches(text, @$"{Regex.Escape(folder.Path)}/([\w.-]+)"))
            folder.Write(file.Groups[1].Value, file.Value.EndsWith(".pem", StringComparison.Ordinal) ? AnAuthority() : "x");
        folder.Write("kubeidp.yaml", text);
        var answer = SettingsLoader.Load(null, folder.Path, []);
        var settings = (answer as SettingsAnswer.Usable
            ?? throw new InvalidOperationException(string.Join('\n', ((SettingsAnswer.Unusable)answer).Faults))).Settings;

        var ports = objects.OfType<V1Deployment>()
            .Single().Spec.Template.Spec.Containers[0].Ports.ToDictionary(port => port.Name, port => port.ContainerPort);
        Assert.Equal(ports["http"], new Uri(settings.Listen[0].Replace("*", "any", StringComparison.Ordinal)).Port);
        Assert.Equal(ports["management"], new Uri(settings.Management.Listen!.Replace("*", "any", StringComparison.Ordinal)).Port);
        Assert.Equal(new Uri(settings.Issuer).Host, objects.OfType<V1Ingress>().Single().Spec.Rules[0].Host);
        Assert.Contains(settings.Proxies, _ => true);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task One_replica_less_is_no_outage_and_a_stop_is_given_its_time(string set)
    {
        var objects = await RenderAsync(set);
        var server = objects.OfType<V1Deployment>().Single().Spec;
        var container = server.Template.Spec.Containers[0];

        Assert.Equal(3, server.Replicas);
        Assert.Equal("0", server.Strategy.RollingUpdate.MaxUnavailable.Value);
        Assert.Equal("1", objects.OfType<V1PodDisruptionBudget>().Single().Spec.MaxUnavailable.Value);
        Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
            server.Template.Spec.TopologySpreadConstraints.Select(spread => spread.TopologyKey));
        Assert.True(server.Template.Spec.TerminationGracePeriodSeconds > 40, "ten seconds of draining and thirty of stopping come first");
        Assert.Equal(("/livez", "/readyz"), (container.LivenessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Path));

        // All that select pods select the server's, and no others.
        var labels = server.Template.Metadata.Labels;
        Assert.All(
            [server.Selector.MatchLabels, objects.OfType<V1Service>().Single().Spec.Selector,
                objects.OfType<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels],
            selector => Assert.True(selector.All(label => labels[label.Key] == label.Value)));
        Assert.DoesNotContain(objects.OfType<V1Service>().Single().Spec.Selector,
            label => objects.OfType<V1Job>().Single().Spec.Template.Metadata.Labels[label.Key] != label.Value
                && label.Key != "app.kubernetes.io/component");
    }

    [Fact]
    public async Task A_real_API_server_would_take_them()
    {
        KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        var rendered = folder.Write("all.yaml", string.Join("\n---\n", Documents(await KustomizeAsync("base"))));
        await using var cluster = await ControlPlane.StartAsync([], Ct);

        (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "create", "namespace", "kubeidp")).Succeeded();
        (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "apply", "--dry-run=server", "--validate=strict", "-f", rendered))
            .Succeeded();
    }

    private static string AnAuthority()
    {
        using var authority = new TestAuthority();
        return authority.Pem;
    }

    private static long ImageUser { get; } = long.Parse(
        Regex.Match(File.ReadAllText(Repository.File("deploy/Dockerfile")), @"^USER (\d+):\d+$", RegexOptions.Multiline).Groups[1].Value,
        CultureInfo.InvariantCulture);

    private static IEnumerable<V1PodSpec> Pods(IReadOnlyList<IKubernetesObject> objects) =>
        [.. objects.OfType<V1Deployment>().Select(one => one.Spec.Template.Spec),
            .. objects.OfType<V1Job>().Select(one => one.Spec.Template.Spec)];

    /// <summary>The objects of Kubernetes's own kinds, read strictly: a field that it does not know is an error.</summary>
    private static async Task<IReadOnlyList<IKubernetesObject>> RenderAsync(string set) =>
        [.. Documents(await KustomizeAsync(set)).SelectMany(document => KubernetesYaml.LoadAllFromString(document, strict: true))
            .Cast<IKubernetesObject>()];

    private static IEnumerable<string> Documents(string rendered) =>
        rendered.Split("\n---\n")
            .Where(document => !OthersKinds.Contains(Regex.Match(document, @"^kind: (\w+)$", RegexOptions.Multiline).Groups[1].Value));

    /// <summary>
    /// kubectl renders them as an administrator's would; without it nothing can be rendered, and in CI that is a failure.
    /// </summary>
    private static async Task<string> KustomizeAsync(string set)
    {
        var start = new ProcessStartInfo("kubectl", ["kustomize", Repository.File($"deploy/kustomize/{set}")]);
        return (await Programs.RunAsync(start, input: null, Ct)).Succeeded().Output;
    }
}
