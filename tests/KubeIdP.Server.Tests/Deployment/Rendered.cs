using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KubeIdP.Testing.Processes;
using Xunit;
using k8s;
using k8s.Models;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>What Helm or kustomize has rendered.</summary>
/// <param name="Text">As it would go to an API server.</param>
internal sealed partial record Rendered(string Text)
{
    /// <summary>By their owners' schema, which is not Kubernetes's.</summary>
    private static readonly string[] OthersKinds =
        ["Certificate", "ServiceMonitor", "PrometheusRule", "HTTPRoute", "TLSRoute", "BackendTLSPolicy"];

    /// <summary>By the Pod Security Standards, level "restricted".</summary>
    private static readonly Func<V1Volume, object?>[] AllowedVolumes =
    [
        volume => volume.ConfigMap, volume => volume.Csi, volume => volume.EmptyDir, volume => volume.PersistentVolumeClaim,
        volume => volume.Projected, volume => volume.Secret,
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static string Chart { get; } = Repository.File("deploy/helm/kubeidp");

    /// <summary>The account of the image.</summary>
    public static long ImageUser { get; } = long.Parse(
        Regex.Match(File.ReadAllText(Repository.File("deploy/Dockerfile")), @"^USER (\d+):\d+$", RegexOptions.Multiline).Groups[1].Value,
        CultureInfo.InvariantCulture);

    /// <summary>The documents whose kinds are Kubernetes's own.</summary>
    public string OfKubernetes => string.Join("\n---\n", Documents(others: false));

    /// <summary>The objects of Kubernetes's own kinds, read strictly: a field that it does not know is an error.</summary>
    public IReadOnlyList<IKubernetesObject> Objects =>
        [.. Documents(others: false).SelectMany(document => KubernetesYaml.LoadAllFromString(document, strict: true))
            .Cast<IKubernetesObject>()];

    /// <summary>The kinds of all objects, in order.</summary>
    public IEnumerable<string> Kinds =>
        [.. Kind().Matches(Text).Select(kind => kind.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];

    public IReadOnlyList<(V1ObjectMeta Metadata, V1PodSpec Spec)> Pods =>
    [
        .. Objects.OfType<V1Deployment>().Select(one => (one.Spec.Template.Metadata, one.Spec.Template.Spec)),
        .. Objects.OfType<V1Job>().Select(one => (one.Spec.Template.Metadata, one.Spec.Template.Spec)),
        .. Objects.OfType<V1Pod>().Select(one => (one.Metadata, one.Spec)),
    ];

    public V1Container Server => Objects.OfType<V1Deployment>().Single().Spec.Template.Spec.Containers.Single();

    /// <summary>The documents of others' kinds, as they are.</summary>
    public IEnumerable<string> Documents(bool others) =>
        Separator().Split(Text).Where(document => Kind().Match(document) is { Success: true } kind
            && OthersKinds.Contains(kind.Groups[1].Value) == others);

    /// <summary>As an administrator would; without helm nothing can be rendered, and in CI that is a failure.</summary>
    public static async Task<Rendered> HelmAsync(params string[] arguments) =>
        new((await RunHelmAsync(["template", "kubeidp", Chart, "--namespace", "kubeidp", .. arguments])).Succeeded().Output);

    public static Task<Outcome> RunHelmAsync(IEnumerable<string> arguments) =>
        Programs.RunAsync(new ProcessStartInfo("helm", arguments), input: null, Ct);

    public static async Task<Rendered> KustomizeAsync(string set)
    {
        var start = new ProcessStartInfo("kubectl", ["kustomize", Repository.File($"deploy/kustomize/{set}")]);
        return new((await Programs.RunAsync(start, input: null, Ct)).Succeeded().Output);
    }

    /// <summary>Pod Security Standards, level "restricted", in full; and what an attacker in the container would look for first.</summary>
    public void AssertRestricted(bool chosenAccount = true)
    {
        Assert.NotEmpty(Pods);
        Assert.All(Pods, pod =>
        {
            var (spec, security) = (pod.Spec, pod.Spec.SecurityContext);
            Assert.Null(spec.HostNetwork ?? spec.HostPID ?? spec.HostIPC);
            Assert.All(spec.Volumes ?? [], volume => Assert.True(AllowedVolumes.Any(of => of(volume) is not null), volume.Name));
            Assert.Equal((true, "RuntimeDefault"), (security.RunAsNonRoot, security.SeccompProfile.Type));
            Assert.Equal(chosenAccount ? ImageUser : (long?)null, security.RunAsUser);
            Assert.Null(security.Sysctls);
            Assert.Null((object?)security.SeLinuxOptions ?? security.AppArmorProfile);
            Assert.All([.. spec.InitContainers ?? [], .. spec.Containers], container =>
            {
                var own = container.SecurityContext;
                Assert.Equal((false, true), (own.AllowPrivilegeEscalation, own.ReadOnlyRootFilesystem));
                Assert.Equal(["ALL"], own.Capabilities.Drop);
                Assert.Null(own.Capabilities.Add);
                Assert.Null(own.Privileged ?? own.RunAsNonRoot);
                Assert.Null((object?)own.RunAsUser ?? (object?)own.SeccompProfile ?? own.ProcMount);
                Assert.All(container.Ports ?? [], port => Assert.Null(port.HostPort));
                Assert.NotNull(container.Resources.Limits["memory"]);
            });

            Assert.Equal((false, false), (spec.EnableServiceLinks, spec.AutomountServiceAccountToken));
        });
    }

    /// <summary>
    /// Loads the rendered kubeidp.yaml with the environment of the container, and with all files that it names in the folder: each must be
    /// in a mount of the container.
    /// </summary>
    public Settings Load(TemporaryFolder folder)
    {
        var text = Objects.OfType<V1ConfigMap>().Single(map => map.Data.ContainsKey("kubeidp.yaml")).Data["kubeidp.yaml"];
        var environment = (Server.Env ?? [])
            .Select(one => KeyValuePair.Create(one.Name, Reference().Replace(one.Value ?? "x", "1"))).ToList();
        folder.Write("kubeidp.yaml", text);
        if (SettingsLoader.Load(null, folder.Path, environment) is SettingsAnswer.Unusable { Faults: var faults })
            Assert.All(faults, fault => Assert.True(IsMissingFile(fault.What), $"{fault.Place}: {fault.What}"));

        // With the files in place it is whole.
        var all = string.Join('\n', environment.Select(one => one.Value).Append(text));
        using var pair = new OwnCertificate();
        foreach (var file in NamedFile().Matches(all).Select(match => match.Value).Distinct())
        {
            Assert.Contains(Server.VolumeMounts, mount => file.StartsWith($"{mount.MountPath}/", StringComparison.Ordinal));
            Directory.CreateDirectory(Path.GetDirectoryName(folder.Path + file)!);
            folder.Write(file[1..], pair.ContentOf(file));
        }

        folder.Write("kubeidp.yaml", NamedFile().Replace(text, file => folder.Path + file.Value));
        environment = [.. environment.Select(one =>
            KeyValuePair.Create(one.Key, NamedFile().Replace(one.Value, file => folder.Path + file.Value)))];
        var answer = SettingsLoader.Load(null, folder.Path, environment);
        return (answer as SettingsAnswer.Usable
            ?? throw new InvalidOperationException(string.Join('\n', ((SettingsAnswer.Unusable)answer).Faults))).Settings;
    }

    /// <summary>The port of an address to listen on.</summary>
    public static int PortOf(string listen) => new Uri(listen.Replace("*", "any", StringComparison.Ordinal)).Port;

    private static bool IsMissingFile(string fault) =>
        fault.Contains("can't be read: ", StringComparison.Ordinal)
        || fault.Contains("can't be used: Could not find", StringComparison.Ordinal);

    [GeneratedRegex(@"^kind: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^---$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"\$\(\w+\)")]
    private static partial Regex Reference();

    // A file in a folder that can only come from a volume.
    [GeneratedRegex(@"(?<![\w/.])/(secrets|vault|brand)/[\w./-]+")]
    private static partial Regex NamedFile();

    /// <summary>What stands in a file, by its name.</summary>
    private sealed class OwnCertificate : IDisposable
    {
        private readonly TestAuthority authority = new();

        public string ContentOf(string file) => Path.GetExtension(file) switch
        {
            ".pem" or ".crt" => authority.Pem,
            ".key" when file.EndsWith("tls.key", StringComparison.Ordinal) => authority.PrivateKeyPem,
            ".svg" => "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            _ => "x",
        };

        public void Dispose() => authority.Dispose();
    }
}
