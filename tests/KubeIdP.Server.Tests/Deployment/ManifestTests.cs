using System.Diagnostics;
using System.Text.Json;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tests.Kubernetes;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;
using k8s.Models;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>What <c>kubectl apply -k</c> would send: against Kubernetes's own types, and against what this server is.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Sets => ["base", "overlays/example"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    /// <summary>One source: the chart.</summary>
    [Fact]
    public async Task What_is_rendered_from_the_chart_is_up_to_date()
    {
        var script = Repository.File("deploy/kustomize/render.sh");

        (await Programs.RunAsync(new ProcessStartInfo(script, [folder.Path]), input: null, Ct)).Succeeded();

        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
        Assert.True(files.Length > 8, $"Only {files.Length} files were rendered.");
        foreach (var file in files)
        {
            var committed = Repository.File($"deploy/kustomize/{Path.GetRelativePath(folder.Path, file)}");
            Assert.True(File.Exists(committed) && File.ReadAllText(committed) == File.ReadAllText(file),
                $"{committed} is not what the chart says. Run deploy/kustomize/render.sh");
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task What_is_rendered_are_objects_that_Kubernetes_knows(string set)
    {
        var objects = (await Rendered.KustomizeAsync(set)).Objects;

        Assert.Equal(
            ["ConfigMap", "Deployment", "Ingress", "Job", "Namespace", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount"],
            objects.Select(one => one.Kind).Distinct().Order());
        Assert.All(objects.Where(one => one.Kind != "Namespace"),
            one => Assert.Equal("kubeidp", ((IMetadata<V1ObjectMeta>)one).Metadata.NamespaceProperty));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Each_pod_has_no_more_rights_than_it_needs(string set)
    {
        var rendered = await Rendered.KustomizeAsync(set);

        Assert.Equal(2, rendered.Pods.Count);
        rendered.AssertRestricted();
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Its_configuration_is_one_that_this_server_takes_and_the_ports_are_those_of_the_manifests(string set)
    {
        var rendered = await Rendered.KustomizeAsync(set);

        var settings = rendered.Load(folder);

        var ports = rendered.Server.Ports.ToDictionary(port => port.Name, port => port.ContainerPort);
        Assert.Equal(ports["http"], Rendered.PortOf(settings.Listen[0]));
        Assert.Equal(ports["management"], Rendered.PortOf(settings.Management.Listen!));
        Assert.Equal(new Uri(settings.Issuer).Host, rendered.Objects.OfType<V1Ingress>().Single().Spec.Rules[0].Host);
        Assert.Contains(settings.Proxies, _ => true);
    }

    // A Job can't be changed, and that of the next version has the same name here.
    [Theory]
    [MemberData(nameof(Sets))]
    public async Task A_Job_that_has_finished_makes_room_and_a_changed_configuration_replaces_the_pods(string set)
    {
        var objects = (await Rendered.KustomizeAsync(set)).Objects;

        var job = objects.OfType<V1Job>().Single();
        var configuration = objects.OfType<V1ConfigMap>().Single(map => map.Data.ContainsKey("kubeidp.yaml")).Metadata.Name;

        Assert.Equal(("kubeidp-migrate", 300), (job.Metadata.Name, job.Spec.TtlSecondsAfterFinished));
        Assert.Matches("^kubeidp-[a-z0-9]{10}$", configuration);
        Assert.All([job.Spec.Template.Spec, objects.OfType<V1Deployment>().Single().Spec.Template.Spec],
            pod => Assert.Contains(pod.Volumes, volume => volume.ConfigMap?.Name == configuration));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task One_replica_less_is_no_outage_and_a_stop_is_given_its_time(string set)
    {
        var objects = (await Rendered.KustomizeAsync(set)).Objects;
        var server = objects.OfType<V1Deployment>().Single().Spec;
        var container = server.Template.Spec.Containers[0];

        Assert.Equal(3, server.Replicas);
        Assert.Equal("0", server.Strategy.RollingUpdate.MaxUnavailable.Value);
        Assert.Equal("1", objects.OfType<V1PodDisruptionBudget>().Single().Spec.MaxUnavailable.Value);
        Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
            server.Template.Spec.TopologySpreadConstraints.Select(spread => spread.TopologyKey));
        Assert.True(server.Template.Spec.TerminationGracePeriodSeconds > 40, "ten seconds of draining and thirty of stopping come first");
        Assert.Equal(("/livez", "/readyz"), (container.LivenessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Path));

        // A start that waits for its database is alive, and must not be ended.
        Assert.Equal("/livez", container.StartupProbe.HttpGet.Path);
    }

    /// <summary>With image, files and configuration of the overlay, and without an object that would start something else.</summary>
    [Fact]
    public async Task A_command_runs_alone_with_all_that_a_server_has()
    {
        var example = await Rendered.KustomizeAsync("overlays/example");

        var command = await Rendered.KustomizeAsync("overlays/command");

        command.AssertRestricted();
        Assert.Equal(["ConfigMap", "Job"], command.Kinds);
        var configuration = Assert.Single(command.Objects.OfType<V1ConfigMap>());
        Assert.Contains(example.Objects.OfType<V1ConfigMap>(),
            one => one.Metadata.Name == configuration.Metadata.Name && one.Data["kubeidp.yaml"] == configuration.Data["kubeidp.yaml"]);
        var (job, server) = (Assert.Single(command.Objects.OfType<V1Job>()), example.Objects.OfType<V1Deployment>().Single());
        Assert.Equal(("kubeidp-command", "kubeidp", 0),
            (job.Metadata.Name, job.Metadata.NamespaceProperty, job.Spec.BackoffLimit));
        Assert.Equal(Of(server.Spec.Template.Spec), Of(job.Spec.Template.Spec));
        Assert.Equal(["migrate"], job.Spec.Template.Spec.Containers[0].Args);

        static string Of(V1PodSpec pod) => JsonSerializer.Serialize(new
        {
            pod.Containers[0].Image, pod.Containers[0].Env, pod.Containers[0].VolumeMounts, pod.Volumes, pod.ServiceAccountName,
        });
    }

    [Fact]
    public async Task A_real_API_server_would_take_them()
    {
        KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        var rendered = folder.Write("all.yaml", (await Rendered.KustomizeAsync("base")).OfKubernetes);
        await using var cluster = await ControlPlane.StartAsync([], Ct);

        (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "create", "namespace", "kubeidp")).Succeeded();
        (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "apply", "--dry-run=server", "--validate=strict", "-f", rendered))
            .Succeeded();
    }
}
