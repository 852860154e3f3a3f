using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeIdP.Server.Tests.Hosting;
using KubeIdP.Server.Tests.Kubernetes;
using KubeIdP.Testing.Kubernetes;
using KubeIdP.Testing.Processes;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using k8s;
using k8s.Models;

namespace KubeIdP.Server.Tests.Deployment;

/// <summary>What helm would send with each of the sets of values in <c>ci</c>, and what it says when a value is missing or wrong.</summary>
public sealed class ChartTests : IDisposable
{
    private const string Ordinary = "00-ordinary";
    private const string Least = "01-least";
    private const string Sqlite = "04-sqlite";

    private readonly TemporaryFolder folder = new();

    /// <summary>
    /// For every key of values.yaml: a set in which it is in use, and another value for it, in YAML. Of a map that takes any key it is one
    /// of them.
    /// </summary>
    private static readonly Dictionary<string, (string Set, string Value)> Changes = new(StringComparer.Ordinal)
    {
        ["config.issuer"] = (Ordinary, "https://other.example.com"),
        ["config.listen"] = (Ordinary, "['http://*:8081']"),
        ["config.proxies"] = (Ordinary, "[192.0.2.1]"),
        ["config.management.listen"] = (Ordinary, "'http://*:9001'"),
        ["config.masterKeyFile"] = (Ordinary, "/vault/key"),
        ["config.dataDirectory"] = (Ordinary, "/tmp/data"),
        ["config.audit.jsonLines"] = (Ordinary, "/tmp/audit"),
        ["masterKey.secret"] = (Ordinary, "other"),
        ["database.secret"] = (Ordinary, "other"),
        ["database.caSecret"] = (Ordinary, "other"),
        ["sqlite.enabled"] = ("15-everything-off", "true"),
        ["sqlite.existingClaim"] = (Sqlite, "other"),
        ["sqlite.size"] = (Sqlite, "3Gi"),
        ["sqlite.storageClassName"] = (Sqlite, "other"),
        ["migrate.enabled"] = (Ordinary, "false"),
        ["command"] = (Ordinary, "[version]"),
        ["tls.secret"] = (Ordinary, "other"),
        ["secrets"] = (Ordinary, "{ directory: other }"),
        ["certificate.enabled"] = (Ordinary, "false"),
        ["certificate.issuerRef.group"] = (Ordinary, "other.example.com"),
        ["certificate.issuerRef.kind"] = (Ordinary, "Issuer"),
        ["certificate.issuerRef.name"] = (Ordinary, "other"),
        ["service.type"] = ("09-load-balancer", "NodePort"),
        ["service.annotations"] = (Ordinary, "{ a: b }"),
        ["service.externalTrafficPolicy"] = ("09-load-balancer", "Cluster"),
        ["ingress.enabled"] = (Ordinary, "false"),
        ["ingress.className"] = (Ordinary, "other"),
        ["ingress.annotations"] = (Ordinary, "{ a: b }"),
        ["ingress.externalTls"] = ("15-everything-off", "false"),
        ["gateway.enabled"] = ("06-gateway", "false"),
        ["gateway.kind"] = ("08-gateway-reencrypt", "TLSRoute"),
        ["gateway.parentRefs"] = ("06-gateway", "[{ name: other, port: 443 }]"),
        ["gateway.caConfigMap"] = ("08-gateway-reencrypt", "other"),
        ["networkPolicy.enabled"] = (Ordinary, "false"),
        ["networkPolicy.from"] = (Ordinary, "[{ podSelector: {} }]"),
        ["networkPolicy.managementFrom"] = (Ordinary, "[{ podSelector: {} }]"),
        ["networkPolicy.egress"] = (Ordinary, "[{ ports: [{ port: 53 }] }]"),
        ["monitoring.serviceMonitor.enabled"] = (Ordinary, "true"),
        ["monitoring.serviceMonitor.labels"] = ("11-monitoring", "{ a: b }"),
        ["monitoring.serviceMonitor.interval"] = ("11-monitoring", "45s"),
        ["monitoring.rules.enabled"] = (Ordinary, "true"),
        ["monitoring.rules.labels"] = ("11-monitoring", "{ a: b }"),
        ["monitoring.dashboard.enabled"] = (Ordinary, "true"),
        ["monitoring.dashboard.labels.grafana_dashboard"] = ("11-monitoring", "'2'"),
        ["image.repository"] = (Ordinary, "registry.example.com/other"),
        ["image.tag"] = (Ordinary, "9.9.9"),
        ["image.digest"] = (Ordinary, $"sha256:{new string('0', 64)}"),
        ["image.pullPolicy"] = (Ordinary, "Always"),
        ["imagePullSecrets"] = (Ordinary, "[{ name: other }]"),
        ["replicas"] = (Ordinary, "5"),
        ["autoscaling.enabled"] = (Ordinary, "true"),
        ["autoscaling.minReplicas"] = ("12-autoscaling", "4"),
        ["autoscaling.maxReplicas"] = ("12-autoscaling", "12"),
        ["autoscaling.targetCPUUtilizationPercentage"] = ("12-autoscaling", "50"),
        ["podDisruptionBudget.enabled"] = (Ordinary, "false"),
        ["resources.requests.cpu"] = (Ordinary, "200m"),
        ["resources.requests.memory"] = (Ordinary, "200Mi"),
        ["resources.limits.memory"] = (Ordinary, "600Mi"),
        ["podSecurityContext.runAsNonRoot"] = (Ordinary, "false"),
        ["podSecurityContext.runAsUser"] = (Ordinary, "2000"),
        ["podSecurityContext.runAsGroup"] = (Ordinary, "2000"),
        ["podSecurityContext.fsGroup"] = (Ordinary, "2000"),
        ["podSecurityContext.fsGroupChangePolicy"] = (Ordinary, "Always"),
        ["podSecurityContext.seccompProfile.type"] = (Ordinary, "Localhost"),
        ["hostUsers"] = (Ordinary, "false"),
        ["serviceAccount.create"] = (Ordinary, "false"),
        ["serviceAccount.name"] = (Ordinary, "other"),
        ["serviceAccount.annotations"] = (Ordinary, "{ a: b }"),
        ["podLabels"] = (Ordinary, "{ a: b }"),
        ["podAnnotations"] = (Ordinary, "{ a: b }"),
        ["priorityClassName"] = (Ordinary, "other"),
        ["nodeSelector"] = (Ordinary, "{ a: b }"),
        ["tolerations"] = (Ordinary, "[{ operator: Exists }]"),
        ["affinity"] = (Ordinary, "{ podAffinity: {} }"),
        ["topologySpreadConstraints"] = (Ordinary, "[]"),
        ["extraEnv"] = (Ordinary, "[{ name: TZ, value: UTC }]"),
        ["extraVolumes"] = (Ordinary, "[{ name: other, emptyDir: {} }]"),
        ["extraVolumeMounts"] = (Ordinary, "[{ name: tmp, mountPath: /other }]"),
        ["fullnameOverride"] = (Ordinary, "other"),
    };

    /// <summary>Maps whose keys are not the chart's to know.</summary>
    private static readonly string[] FreeForm =
    [
        "config", "secrets", "service.annotations", "ingress.annotations", "monitoring.serviceMonitor.labels", "monitoring.rules.labels",
        "monitoring.dashboard.labels", "resources", "podSecurityContext", "serviceAccount.annotations", "podLabels", "podAnnotations",
        "nodeSelector", "affinity",
    ];

    private static readonly YamlMappingNode Values = Read(File.ReadAllText(Path.Combine(Rendered.Chart, "values.yaml")));

    public static TheoryData<string> Sets =>
        [.. Directory.GetFiles(Path.Combine(Rendered.Chart, "ci"), "*-values.yaml")
            .Select(file => Path.GetFileName(file)[..^"-values.yaml".Length]).Order(StringComparer.Ordinal)];

    /// <summary>Every key of values.yaml, such as <c>image.tag</c>, and those of the maps on the way.</summary>
    internal static IReadOnlyList<string> DocumentedKeys { get; } = [.. Keys(Values, "", inner: true)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_set_passes_the_linter_and_there_are_enough()
    {
        var sets = Sets.Select(row => FileOf(row.Data)).ToList();
        Assert.True(sets.Count >= 12, $"Only {sets.Count} sets of values were found.");

        await Parallel.ForEachAsync(sets, Ct, async (set, _) =>
            (await Rendered.RunHelmAsync(["lint", "--strict", "--quiet", Rendered.Chart, "--values", set])).Succeeded());
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task What_a_set_renders_fits_Kubernetes_this_server_and_itself(string set)
    {
        var rendered = await RenderAsync(set);
        var objects = rendered.Objects;

        rendered.AssertRestricted(chosenAccount: set != "13-openshift");
        var settings = rendered.Load(folder);
        AssertPorts(rendered, settings);
        AssertHosts(rendered, settings);
        AssertSelectors(objects);

        // Every object can be found by its release.
        Assert.All(objects, one => Assert.Equal(("kubeidp", "kubeidp"), (Label(one, "name"), Label(one, "instance"))));

        // Whatever a server needs is checked with the same mounts and variables, before it starts.
        var pod = objects.OfType<V1Deployment>().Single().Spec.Template.Spec;
        var check = Assert.Single(pod.InitContainers);
        Assert.Equal(["check", "--wait"], check.Args);
        Assert.Equal(JsonSerializer.Serialize(new { rendered.Server.Image, rendered.Server.Env, rendered.Server.VolumeMounts }),
            JsonSerializer.Serialize(new { check.Image, check.Env, check.VolumeMounts }));
        Assert.All(rendered.Pods.SelectMany(one => (V1Container[])[.. one.Spec.InitContainers ?? [], .. one.Spec.Containers]),
            container => Assert.True(container.VolumeMounts.All(mount => pod.Volumes.Any(volume => volume.Name == mount.Name))));

        // With SQLite there is one, and it migrates its database itself.
        var isSqlite = settings.Database.Postgres is null;
        Assert.Equal(isSqlite ? "Recreate" : "RollingUpdate", objects.OfType<V1Deployment>().Single().Spec.Strategy.Type);
        Assert.Equal(!isSqlite && set != "15-everything-off", objects.OfType<V1Job>().Any());
        Assert.Equal(isSqlite, pod.Volumes.Any(volume => volume.PersistentVolumeClaim is not null));
    }

    /// <summary>Probes and metrics are at the root of their own port, everything else is below the path.</summary>
    [Fact]
    public async Task Where_probes_metrics_and_routes_of_an_issuer_with_a_path_lead_a_server_answers()
    {
        var rendered = await RenderAsync("16-port-and-path");
        var (port, ingress) = (Ports.Free(), rendered.Objects.OfType<V1Ingress>().Single());
        var paths = ingress.Spec.Rules[0].Http.Paths.Select(one => one.Path).ToList();
        await using var issuer = new IssuerProcess(
            $"issuer: https://localhost:{Ports.Free()}{paths[0]}\nmanagement:\n  listen: http://127.0.0.1:{port}\n");
        await issuer.StartAsync(Ct);
        using var platform = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var people = new HttpClient(issuer.CreateHandler()) { BaseAddress = issuer.Issuer };

        var server = rendered.Server;
        var monitor = rendered.Documents(others: true).Single(one => one.Contains("kind: ServiceMonitor", StringComparison.Ordinal));
        foreach (var path in (string[])[server.StartupProbe.HttpGet.Path, server.LivenessProbe.HttpGet.Path,
            server.ReadinessProbe.HttpGet.Path, Regex.Match(monitor, "path: (/[a-z]+)").Groups[1].Value])
            Assert.Equal(HttpStatusCode.OK, (await platform.GetAsync(path, Ct)).StatusCode);

        Assert.Equal(2, paths.Count);
        foreach (var path in (string[])[$"{paths[0]}/.well-known/openid-configuration", paths[1]])
            Assert.Equal(HttpStatusCode.OK, (await people.GetAsync(path, Ct)).StatusCode);
    }

    [Fact]
    public async Task The_three_values_that_are_required_are_enough()
    {
        var rendered = await Rendered.HelmAsync(
            "--set", "config.issuer=https://idp.example.com", "--set", "masterKey.secret=key", "--set", "database.secret=pg");

        Assert.Equal(
            ["ConfigMap", "Deployment", "Job", "NetworkPolicy", "Pod", "PodDisruptionBudget", "Service", "ServiceAccount"], rendered.Kinds);
        Assert.Equal("Host=1;Port=1;Database=1;Username=1", rendered.Load(folder).Database.Postgres);
    }

    [Theory]
    [InlineData("", "Set config.issuer to the https URL")]
    [InlineData("config: { issuer: http://idp.example.com }", "Set config.issuer to the https URL")]
    [InlineData("masterKey: { secret: '' }", "Set masterKey.secret to the name of a Secret whose key master.key is the master key.")]
    [InlineData("database: { secret: '' }", "Set database.secret to the name of a Secret with host, port, dbname, username and password")]
    [InlineData("config: { database: { postgres: 'Host=db;Password=secret' } }",
        "config goes into a ConfigMap, which is no place for a password")]
    [InlineData("fullnameOverride: '2024'", "at '/fullnameOverride'")]
    [InlineData("secrets: { tls: other }", "invalid propertyName 'tls'")]
    [InlineData("sqlite: { enabled: true }", "The database is either PostgreSQL or SQLite")]
    [InlineData("{ database: { secret: '' }, sqlite: { enabled: true } }", "With SQLite there is one replica: set replicas=1")]
    [InlineData("{ database: { secret: '' }, sqlite: { enabled: true }, replicas: 1, autoscaling: { enabled: true } }",
        "With SQLite there is one replica")]
    [InlineData("{ database: { secret: '' }, sqlite: { enabled: true }, replicas: 1, config: { dataDirectory: /tmp } }",
        "config.dataDirectory has to be in the volume")]
    [InlineData("config: { listen: ['https://*:8443'] }", "so the pods need a certificate: set tls.secret")]
    [InlineData("certificate: { enabled: true }", "Set certificate.issuerRef.name")]
    [InlineData("gateway: { enabled: true }", "Set gateway.parentRefs")]
    [InlineData("gateway: { enabled: true, kind: TLSRoute, parentRefs: [{ name: a }] }", "A TLSRoute passes TLS to the pods")]
    [InlineData("config: { listen: ['http://*'] }", "at '/config/listen/0'")]
    [InlineData("config: { listen: ['http://*:08080'] }", "at '/config/listen/0'")]
    [InlineData("ingress: { enabled: true }", "The Ingress has no certificate, and would serve plain HTTP: set tls.secret")]
    [InlineData("service: { type: LoadBalancer }", "The load balancer would serve plain HTTP: set config.listen")]
    [InlineData("gateway: { enabled: true, parentRefs: [{ name: public, sectionName: https }, { name: other }] }",
        "Set sectionName of the Gateway other")]
    [InlineData("podLabels: { app.kubernetes.io/component: x }", "invalid propertyName 'app.kubernetes.io/component'")]
    [InlineData("podLabels: { helm.sh/chart: x }", "invalid propertyName 'helm.sh/chart'")]
    [InlineData("podAnnotations: { checksum/config: x }", "invalid propertyName 'checksum/config'")]
    [InlineData("monitoring: { serviceMonitor: { labels: { app.kubernetes.io/instance: x } } }",
        "invalid propertyName 'app.kubernetes.io/instance'")]
    [InlineData("monitoring: { rules: { labels: { app.kubernetes.io/name: x } } }", "invalid propertyName 'app.kubernetes.io/name'")]
    [InlineData("topologySpreadConstraints: [{ labelSelector: { matchLabels: { a: b } } }]", "the chart adds the labelSelector")]
    [InlineData("extraVolumes: [{ name: secret-database, emptyDir: {} }]", "the chart has a volume secret-database itself")]
    [InlineData("extraEnv: [{ name: KUBEIDP__DATABASE__POSTGRES, value: x }]", "the chart sets KUBEIDP__DATABASE__POSTGRES")]
    [InlineData("config: { management: null }", "missing property 'management'")]
    [InlineData("config: { clusters: { prod: { kubernetes: 1.30 } } }", "at '/config/clusters/prod/kubernetes': got number, want string")]
    public async Task What_is_missing_or_contradicts_is_said_in_a_sentence(string values, string said)
    {
        List<string> files = ["--values", folder.Write("values.yaml", values)];
        if (values.Length > 0) files = ["--values", FileOf(Least), .. files];

        var outcome = await Rendered.RunHelmAsync(["template", Rendered.Chart, .. files]);

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_key_that_the_chart_does_not_know_is_refused()
    {
        var changed = Read(await File.ReadAllTextAsync(FileOf(Least), Ct));
        var places = Maps(Values, "").Where(path => !FreeForm.Any(free => IsIn(path, free))).ToList();
        foreach (var path in places) Set(changed, path.Length == 0 ? "surprise" : $"{path}.surprise", new YamlScalarNode("x"));

        var outcome = await Rendered.RunHelmAsync(["template", Rendered.Chart, "--values", folder.Write("values.yaml", Write(changed))]);

        Assert.True(places.Count >= 20, $"Only {places.Count} maps were found.");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.All(places, path => Assert.Contains($"at '{(path.Length == 0 ? "" : "/")}{path.Replace('.', '/')}': additional properties "
            + "'surprise' not allowed", outcome.Error, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_key_of_the_values_is_in_the_schema_and_the_other_way_round()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Rendered.Chart, "values.schema.json")));
        var known = new List<string>();
        Collect(schema.RootElement, "");

        var free = FreeForm.Where(path => path != "config").ToList();
        var documented = Keys(Values, "", inner: true).Where(path => !free.Any(one => path != one && IsIn(path, one)));
        Assert.Equal(documented.Order(StringComparer.Ordinal), known.Except(
        [
            // Helm's own; and what somebody may add to config, of which the chart reads these.
            "global", "config.clusters", "config.database", "config.database.postgres", "config.tls", "config.tls.certificateFile",
        ]).Append("config.audit.jsonLines").Order(StringComparer.Ordinal));

        void Collect(JsonElement node, string path)
        {
            if (node.TryGetProperty("$ref", out var reference))
                node = schema.RootElement.GetProperty("definitions").GetProperty(reference.GetString()!.Split('/')[^1]);
            if (!node.TryGetProperty("properties", out var properties)) return;

            foreach (var property in properties.EnumerateObject())
            {
                known.Add(path + property.Name);
                Collect(property.Value, $"{path}{property.Name}.");
            }
        }
    }

    [Fact]
    public async Task Every_documented_key_changes_what_is_rendered()
    {
        Assert.Equal(Keys(Values, "", inner: false).Order(StringComparer.Ordinal), Changes.Keys.Order(StringComparer.Ordinal));
        var before = new Dictionary<string, string>();
        foreach (var set in Changes.Values.Select(change => change.Set).Distinct()) before[set] = (await RenderAsync(set)).Text;

        var unused = new SortedSet<string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Changes, Ct, async (change, _) =>
        {
            var (set, value) = change.Value;
            var values = Read(await File.ReadAllTextAsync(FileOf(set), Ct));
            Set(values, change.Key, Read($"value: {value}").Children["value"]);

            // SQLite takes the place of PostgreSQL, which has as many replicas as there are.
            if (change.Key == "sqlite.enabled")
            {
                Set(values, "database.secret", new YamlScalarNode(""));
                Set(values, "replicas", new YamlScalarNode("1"));
            }

            if (change.Key == "certificate.enabled") Set(values, "ingress.externalTls", new YamlScalarNode("true"));
            var file = folder.Write($"{change.Key}.yaml", Write(values));

            // It changes what is refused.
            if (change.Key == "ingress.externalTls")
            {
                var refused = await Rendered.RunHelmAsync(["template", Rendered.Chart, "--values", file]);
                Assert.Contains("would serve plain HTTP", refused.Error, StringComparison.Ordinal);
                return;
            }

            var rendered = await Rendered.HelmAsync("--values", file);
            if (rendered.Text == before[set])
            {
                lock (unused) unused.Add(change.Key);
            }
        });

        Assert.Empty(unused);
    }

    /// <summary>For a restore: the volume, the keys and the configuration of the servers, which are stopped then.</summary>
    [Theory]
    [InlineData(Ordinary)]
    [InlineData(Sqlite)]
    public async Task A_command_runs_with_all_that_a_server_has(string set)
    {
        var server = await RenderAsync(set);
        var rendered = await RenderAsync(set, "--set", "command={sessions,list}");

        rendered.AssertRestricted();
        AssertSelectors(rendered.Objects);
        var job = rendered.Objects.OfType<V1Job>().Single(one => one.Metadata.Name == "kubeidp-command").Spec;
        Assert.Equal((0, "Never"), (job.BackoffLimit, job.Template.Spec.RestartPolicy));
        Assert.Equal(["sessions", "list"], job.Template.Spec.Containers[0].Args);
        Assert.Equal(Of(server.Objects.OfType<V1Deployment>().Single().Spec.Template.Spec), Of(job.Template.Spec));

        static string Of(V1PodSpec pod) => JsonSerializer.Serialize(
            new { pod.Volumes, pod.Containers[0].Image, pod.Containers[0].Env, pod.Containers[0].VolumeMounts, pod.ServiceAccountName });
    }

    // A Job can't be changed: helm upgrade would fail.
    [Theory]
    [InlineData("replicas=5", false)]
    [InlineData("ingress.enabled=false", false)]
    [InlineData("image.tag=0.2.0", true)]
    [InlineData("resources.limits.memory=1Gi", true)]
    [InlineData("podLabels.a=b", true)]
    public async Task A_Job_has_another_name_exactly_when_it_differs(string change, bool differs)
    {
        var before = (await RenderAsync(Ordinary)).Objects.OfType<V1Job>().Single();
        var after = (await RenderAsync(Ordinary, "--set", change)).Objects.OfType<V1Job>().Single();

        Assert.Matches("^kubeidp-migrate-[0-9a-f]{8}$", before.Metadata.Name);
        Assert.Equal(differs, before.Metadata.Name != after.Metadata.Name);
        Assert.Equal(differs, JsonSerializer.Serialize(before.Spec) != JsonSerializer.Serialize(after.Spec));
    }

    [Fact]
    public async Task A_long_name_of_a_release_leaves_room_for_that_of_the_Job()
    {
        var outcome = await Rendered.RunHelmAsync(["template", new string('a', 53), Rendered.Chart, "--values", FileOf(Ordinary)]);

        Assert.All(new Rendered(outcome.Succeeded().Output).Objects.OfType<V1Job>(), job => Assert.True(job.Metadata.Name.Length <= 63));
    }

    // A Secret may be called 7e7, and a release null: without quotes, YAML makes something else of both.
    [Theory]
    [InlineData(Ordinary)]
    [InlineData("04-sqlite")]
    [InlineData("05-sqlite-existing-claim")]
    [InlineData("08-gateway-reencrypt")]
    [InlineData("12-autoscaling")]
    [InlineData("16-port-and-path")]
    public async Task A_name_that_YAML_would_take_for_something_else_is_quoted(string set)
    {
        const string number = "7e7", nothing = "null";
        var values = Read(await File.ReadAllTextAsync(FileOf(set), Ct));
        foreach (var path in (string[])["masterKey.secret", "image.repository", "image.tag", "priorityClassName", "serviceAccount.name"])
            Set(values, path, Odd());
        foreach (var path in (string[])["database.secret", "database.caSecret", "sqlite.existingClaim", "sqlite.storageClassName",
            "tls.secret", "certificate.issuerRef.name", "ingress.className", "gateway.caConfigMap"])
        {
            if (Has(values, path)) Set(values, path, Odd());
        }

        Set(values, "secrets", new YamlMappingNode(Odd(), Odd()));
        Set(values, "podLabels", new YamlMappingNode(new YamlScalarNode("a"), Odd()));
        var file = folder.Write("odd.yaml", Write(values));

        var outcome = await Rendered.RunHelmAsync(["template", nothing, Rendered.Chart, "--namespace", "kubeidp", "--values", file]);

        var stream = new YamlStream();
        stream.Load(new StringReader(outcome.Succeeded().Output));
        var odd = stream.Documents.SelectMany(document => document.AllNodes).OfType<YamlScalarNode>()
            .Where(node => node.Value is number or nothing).ToList();
        Assert.True(odd.Count > 20, $"Only {odd.Count} were found.");
        Assert.All(odd, node => Assert.True(node.Style is ScalarStyle.DoubleQuoted or ScalarStyle.SingleQuoted,
            $"Line {node.Start.Line}: {outcome.Output.Split('\n')[node.Start.Line - 1]}"));

        static YamlScalarNode Odd() => new(number) { Style = ScalarStyle.DoubleQuoted };
    }

    [Fact]
    public async Task A_changed_configuration_replaces_the_pods_and_migrates()
    {
        var seen = new List<(string Checksum, string Job)>();
        foreach (var issuer in (string[])["https://idp.example.com", "https://other.example.com", "https://idp.example.com"])
        {
            var objects = (await RenderAsync(Ordinary, "--set", $"config.issuer={issuer}")).Objects;
            seen.Add((objects.OfType<V1Deployment>().Single().Spec.Template.Metadata.Annotations["checksum/config"],
                objects.OfType<V1Job>().Single().Metadata.Name));
        }

        Assert.Equal(seen[0], seen[2]);
        Assert.NotEqual(seen[0].Checksum, seen[1].Checksum);
        Assert.NotEqual(seen[0].Job, seen[1].Job);
    }

    [Fact]
    public async Task What_others_define_is_what_they_take()
    {
        var passed = await RenderAsync("07-gateway-passthrough");
        var encrypted = await RenderAsync("08-gateway-reencrypt");
        var monitored = await RenderAsync("11-monitoring");

        var route = Of(passed, "TLSRoute");
        Assert.Contains("apiVersion: gateway.networking.k8s.io/v1\n", route, StringComparison.Ordinal);
        Assert.Contains("backendRefs: [{ name: \"kubeidp\", port: 443 }]", route, StringComparison.Ordinal);
        var old = await RenderAsync("07-gateway-passthrough", "--api-versions", "gateway.networking.k8s.io/v1alpha2/TLSRoute");
        Assert.Contains("apiVersion: gateway.networking.k8s.io/v1alpha2\nkind: TLSRoute", old.Text, StringComparison.Ordinal);
        Assert.Contains("secretName: \"kubeidp-tls\"", Of(passed, "Certificate"), StringComparison.Ordinal);
        Assert.All(
            (string[])["hostname: \"idp.example.com\"",
                "caCertificateRefs: [{ group: \"\", kind: ConfigMap, name: \"cluster-authorities\" }]"],
            text => Assert.Contains(text, Of(encrypted, "BackendTLSPolicy"), StringComparison.Ordinal));

        // The operator selects the Service with the metrics, and its job label makes alerts and dashboard find them.
        var monitor = Of(monitored, "ServiceMonitor");
        var management = monitored.Objects.OfType<V1Service>().Single(one => one.Metadata.Name == "kubeidp-management");
        Assert.All((string[])["jobLabel: app.kubernetes.io/name", "app.kubernetes.io/component: management", "release: prometheus"],
            text => Assert.Contains(text, monitor, StringComparison.Ordinal));
        Assert.Equal(("kubeidp", "management", "management"),
            (management.Metadata.Labels["app.kubernetes.io/name"], management.Metadata.Labels["app.kubernetes.io/component"],
                Assert.Single(management.Spec.Ports).Name));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Rendered.Chart, "files/dashboard.json"), Ct),
            monitored.Objects.OfType<V1ConfigMap>().Single(map => map.Metadata.Name == "kubeidp-dashboard").Data["dashboard.json"]);

        static string Of(Rendered rendered, string kind) =>
            Assert.Single(rendered.Documents(others: true), one => one.Contains($"\nkind: {kind}\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_the_installation_the_next_command_is_shown()
    {
        var outcome = await Rendered.RunHelmAsync(
            ["install", "kubeidp", Rendered.Chart, "--namespace", "kubeidp", "--dry-run=client", "--values", FileOf(Least)]);

        var notes = outcome.Succeeded().Output.Split("NOTES:\n")[1];
        Assert.Contains("kubectl -n kubeidp exec deploy/kubeidp -- kubeidp-server setup-link", notes, StringComparison.Ordinal);
        Assert.Contains("config.proxies is empty", notes, StringComparison.Ordinal);
        Assert.Contains("Nothing leads to it from outside yet", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_version_is_that_of_the_program()
    {
        var version = Regex.Match(File.ReadAllText(Repository.File("Directory.Build.props")), "<Version>(.+)</Version>").Groups[1].Value;
        var chart = Read(File.ReadAllText(Path.Combine(Rendered.Chart, "Chart.yaml")));

        Assert.Equal((version, version), ($"{chart["version"]}", $"{chart["appVersion"]}"));
    }

    [Fact]
    public async Task A_real_API_server_takes_every_set_in_a_restricted_namespace_without_a_warning()
    {
        KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        await using var cluster = await ControlPlane.StartAsync([], Ct);
        (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "apply", "-f", Repository.File("deploy/kustomize/base/namespace.yaml")))
            .Succeeded();

        foreach (var set in Sets.Select(row => row.Data))
        {
            var file = folder.Write($"{set}.yaml", (await RenderAsync(set)).OfKubernetes);
            var outcome = await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "apply", "--namespace", "kubeidp", "--dry-run=server",
                "--validate=strict", "--warnings-as-errors", "-f", file);
            Assert.True(outcome.ExitCode == 0, $"{set}: {outcome}");
        }
    }

    // There are no controllers, so nothing runs; the API server refuses what may not be changed.
    [Fact]
    public async Task With_a_real_API_server_it_is_installed_upgraded_rolled_back_and_uninstalled()
    {
        KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        await using var cluster = await ControlPlane.StartAsync([], Ct);
        (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "create", "namespace", "kubeidp")).Succeeded();
        string[] values = [Rendered.Chart, "--values", FileOf(Least)];

        await HelmAsync(["install", "kubeidp", .. values]);
        var first = await JobAsync();
        await HelmAsync(["upgrade", "kubeidp", .. values, "--set", "replicas=3"]);
        var same = await JobAsync();
        await HelmAsync(["upgrade", "kubeidp", .. values, "--set", "image.tag=0.2.0"]);
        var next = await JobAsync();
        await HelmAsync(["rollback", "kubeidp"]);
        var back = await JobAsync();
        string[] sqlite = ["--set", "database.secret=", "--set", "sqlite.enabled=true", "--set", "replicas=1"];
        await HelmAsync(["upgrade", "kubeidp", .. values, .. sqlite]);
        await HelmAsync(["upgrade", "kubeidp", .. values]);
        await HelmAsync(["uninstall", "kubeidp"]);

        Assert.Equal((first, first), (same, back));
        Assert.NotEqual(first, next);

        // The volume with the database stays.
        Assert.Equal("persistentvolumeclaim/kubeidp",
            await NamesAsync("all,configmap,serviceaccount,networkpolicy,poddisruptionbudget,pvc"));

        async Task HelmAsync(string[] words) => (await RunHelmAsync(cluster, words)).Succeeded();

        Task<string> JobAsync() => NamesAsync("job");

        async Task<string> NamesAsync(string kinds) =>
            (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, "get", kinds, "--namespace", "kubeidp", "--output", "name"))
                .Succeeded().Output.Trim();
    }

    // As the guide says. The autoscaler is played by kubectl, which scales by the same subresource.
    [Fact]
    public async Task With_a_real_API_server_autoscaling_is_turned_on_and_off_without_another_number_of_replicas()
    {
        KubernetesTests.SkipWithout("etcd", "kube-apiserver");
        await using var cluster = await ControlPlane.StartAsync([], Ct);
        await KubectlAsync("create", "namespace", "kubeidp");
        string[] values = [Rendered.Chart, "--values", FileOf(Least)];
        var guide = await File.ReadAllTextAsync(Repository.File("src/docs/install-kubernetes.md"), Ct);
        var owner = folder.Write("owner.json", Regex.Match(guide, @"echo '(\{""apiVersion"":.*\})'").Groups[1].Value);

        (await RunHelmAsync(cluster, ["install", "kubeidp", .. values])).Succeeded();
        await KubectlAsync("apply", "--server-side", "--field-manager=autoscaling", "-f", owner);
        string[] on = ["--server-side=true", "--set", "autoscaling.enabled=true"];
        (await RunHelmAsync(cluster, ["upgrade", "kubeidp", .. values, .. on])).Succeeded();
        var turnedOn = await ReplicasAsync();
        await KubectlAsync("scale", "deploy/kubeidp", "--replicas=4");
        (await RunHelmAsync(cluster, ["upgrade", "kubeidp", .. values, "--set", "autoscaling.enabled=true,image.tag=9.9.9"])).Succeeded();
        var upgraded = await ReplicasAsync();
        (await RunHelmAsync(cluster, ["upgrade", "kubeidp", .. values, "--set", "replicas=4"])).Succeeded();
        var turnedOff = await ReplicasAsync();
        var changed = await RunHelmAsync(cluster, ["upgrade", "kubeidp", .. values, "--set", "replicas=3"]);
        (await RunHelmAsync(cluster, ["upgrade", "kubeidp", .. values, "--set", "replicas=3", "--force-conflicts"])).Succeeded();

        Assert.Equal(("2", "4", "4", "3"), (turnedOn, upgraded, turnedOff, await ReplicasAsync()));
        Assert.Contains("conflict", changed.Error, StringComparison.Ordinal);

        async Task<string> KubectlAsync(params string[] words) =>
            (await cluster.KubectlAsync(ControlPlane.AdminToken, Ct, [.. words, "--namespace", "kubeidp"])).Succeeded().Output;

        Task<string> ReplicasAsync() => KubectlAsync("get", "deploy/kubeidp", "--output", "jsonpath={.spec.replicas}");
    }

    private static Task<Outcome> RunHelmAsync(ControlPlane cluster, string[] words) => Rendered.RunHelmAsync(
        [.. words, "--namespace", "kubeidp", $"--kube-apiserver={cluster.Address.GetLeftPart(UriPartial.Authority)}",
            $"--kube-ca-file={cluster.CertificateFile}", $"--kube-token={ControlPlane.AdminToken}"]);

    private static string FileOf(string set) => Path.Combine(Rendered.Chart, "ci", $"{set}-values.yaml");

    private static Task<Rendered> RenderAsync(string set, params string[] arguments) =>
        Rendered.HelmAsync(["--values", FileOf(set), .. arguments]);

    private static string? Label(IKubernetesObject one, string name) =>
        ((IMetadata<V1ObjectMeta>)one).Metadata.Labels[$"app.kubernetes.io/{name}"];

    private static void AssertPorts(Rendered rendered, Settings settings)
    {
        var scheme = new Uri(settings.Listen[0].Replace("*", "any", StringComparison.Ordinal)).Scheme;
        var (web, management) = (Rendered.PortOf(settings.Listen[0]), Rendered.PortOf(settings.Management.Listen!));
        Assert.Equal([(scheme, web), ("management", management)], rendered.Server.Ports.Select(port => (port.Name, port.ContainerPort)));
        var services = rendered.Objects.OfType<V1Service>().ToList();
        Assert.Equal([scheme, "management"], services.Select(service => Assert.Single(service.Spec.Ports).TargetPort.Value));

        // Without a proxy in front people come to the port that the issuer names.
        if (scheme == "https") Assert.Equal(new Uri(settings.Issuer).Port, services[0].Spec.Ports[0].Port);
        Assert.True(scheme == "http" || settings.Tls.CertificateFile is not null || settings.Database.Postgres is null);
        Assert.Equal("ClusterIP", services[1].Spec.Type ?? "ClusterIP");
        foreach (var policy in rendered.Objects.OfType<V1NetworkPolicy>())
        {
            Assert.Equal([$"{web}", $"{management}"], policy.Spec.Ingress.Select(rule => Assert.Single(rule.Ports).Port.Value));
            Assert.NotEmpty(policy.Spec.Ingress[1].FromProperty);
            Assert.Equal(["Ingress", "Egress"], policy.Spec.PolicyTypes);
        }
    }

    private static void AssertHosts(Rendered rendered, Settings settings)
    {
        var issuer = new Uri(settings.Issuer);
        foreach (var rule in rendered.Objects.OfType<V1Ingress>().SelectMany(ingress => ingress.Spec.Rules))
        {
            Assert.Equal(issuer.Host, rule.Host);
            Assert.Equal(issuer.AbsolutePath, rule.Http.Paths[0].Path);
        }

        Assert.All(rendered.Documents(others: true).Where(one => Regex.IsMatch(one, "kind: (HTTPRoute|TLSRoute|Certificate)\n")),
            one => Assert.Matches($@"(hostnames|dnsNames): \[""{Regex.Escape(issuer.Host)}""\]", one));

        // A Service has the port to which a route leads; only what is below the issuer leads there.
        foreach (var route in rendered.Documents(others: true).Where(one => one.Contains("kind: HTTPRoute\n", StringComparison.Ordinal)))
        {
            Assert.Contains($"value: \"{issuer.AbsolutePath}\" }}", route, StringComparison.Ordinal);
            Assert.Contains($"port: {rendered.Objects.OfType<V1Service>().First().Spec.Ports[0].Port} }}", route, StringComparison.Ordinal);
        }
    }

    /// <summary>All that select pods select the servers, and no others.</summary>
    private static void AssertSelectors(IReadOnlyList<IKubernetesObject> objects)
    {
        var server = objects.OfType<V1Deployment>().Single().Spec;
        List<IDictionary<string, string>> selectors =
        [
            server.Selector.MatchLabels,
            .. objects.OfType<V1Service>().Select(one => one.Spec.Selector),
            .. objects.OfType<V1PodDisruptionBudget>().Select(one => one.Spec.Selector.MatchLabels),
            .. (server.Template.Spec.TopologySpreadConstraints ?? []).Select(one => one.LabelSelector.MatchLabels),
        ];
        List<IDictionary<string, string>> others =
        [
            .. objects.OfType<V1Job>().Select(one => one.Spec.Template.Metadata.Labels),
            .. objects.OfType<V1Pod>().Select(one => one.Metadata.Labels),
        ];
        Assert.All(selectors, selector =>
        {
            Assert.True(Selects(selector, server.Template.Metadata.Labels));
            Assert.DoesNotContain(others, labels => Selects(selector, labels));
        });
        Assert.All(objects.OfType<V1NetworkPolicy>(), policy => Assert.True(
            others.Append(server.Template.Metadata.Labels).All(labels => Selects(policy.Spec.PodSelector.MatchLabels, labels))));

        static bool Selects(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
            selector.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);
    }

    private static bool IsIn(string path, string map) => path == map || path.StartsWith($"{map}.", StringComparison.Ordinal);

    private static YamlMappingNode Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static string Write(YamlMappingNode node)
    {
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(node)).Save(text, assignAnchors: false);
        return text.ToString();
    }

    private static void Set(YamlMappingNode node, string path, YamlNode value)
    {
        var keys = path.Split('.');
        foreach (var key in keys[..^1])
        {
            if (!node.Children.TryGetValue(key, out var next)) node.Children[key] = next = new YamlMappingNode();
            node = (YamlMappingNode)next;
        }

        node.Children[keys[^1]] = value;
    }

    private static bool Has(YamlNode node, string path) => path.Split('.').Aggregate((YamlNode?)node,
        (at, key) => at is YamlMappingNode map && map.Children.TryGetValue(key, out var next) ? next : null) is not null;

    /// <summary>The paths of all maps.</summary>
    private static IEnumerable<string> Maps(YamlMappingNode node, string path) =>
        [path, .. from child in node.Children
                  where child.Value is YamlMappingNode
                  from inner in Maps((YamlMappingNode)child.Value, path.Length == 0 ? $"{child.Key}" : $"{path}.{child.Key}")
                  select inner];

    /// <summary>The paths of what stands in a map: a text, a number, a list, an empty map.</summary>
    /// <param name="node">Of values.yaml.</param>
    /// <param name="prefix">Of the paths.</param>
    /// <param name="inner">Also those of the maps on the way.</param>
    private static IEnumerable<string> Keys(YamlMappingNode node, string prefix, bool inner)
    {
        foreach (var (key, value) in node.Children)
        {
            var isInner = value is YamlMappingNode { Children.Count: > 0 };
            if (!isInner || inner) yield return $"{prefix}{key}";
            if (!isInner) continue;

            foreach (var path in Keys((YamlMappingNode)value, $"{prefix}{key}.", inner)) yield return path;
        }
    }
}
