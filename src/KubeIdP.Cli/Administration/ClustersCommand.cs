using System.CommandLine;
using System.Globalization;
using KubeIdP.Cli.Api;
using KubeIdP.Cli.Kubeconfigs;
using KubeIdP.Cli.Terminal;
using KubeIdP.Core.Naming;

namespace KubeIdP.Cli.Administration;

/// <summary>The clusters of the configuration and what they need, for scripts and for machines without a browser.</summary>
internal static class ClustersCommand
{
    /// <param name="host">Has the clusters.</param>
    /// <param name="kubeconfig">The command of <see cref="Kubeconfig"/>.</param>
    public static Command Create(IVerbHost host, Command kubeconfig) =>
        new("clusters", "Show the clusters of the configuration, and what each and its kubectl need to use this issuer.")
        {
            List(host), Show(host), Instructions(host), kubeconfig, Flags(host), AuthenticationConfig(host),
        };

    /// <inheritdoc cref="KubeconfigCommand.Create"/>
    public static Command Kubeconfig(IVerbHost host, Option? commands = null, Func<ParseResult, string, Task<int>>? printCommands = null) =>
        KubeconfigCommand.Create(
            (parsed, names, use, ct) => host.WithClustersAsync(
                parsed, async clusters => await use(await clusters.KubeconfigAsync(names, ct)), ct),
            "clusters kubeconfig", commands, printCommands);

    public static Argument<string> Client() =>
        new("CLIENT") { Description = "The client id of the cluster, as the configuration names it." };

    /// <summary>The message for a name that is no cluster's.</summary>
    public static string NoCluster(string name, IEnumerable<string> clusters) =>
        string.Join(", ", clusters) is { Length: > 0 } names
            ? $"There is no cluster \"{name}\". The clusters are: {names}."
            : $"There is no cluster \"{name}\": the configuration has none.";

    private static Command List(IVerbHost host)
    {
        var output = OutputFormat.Option();
        var command = new Command("list", "List the clusters of the configuration, in its order.") { output };
        command.SetAction((parsed, ct) => host.WithClustersAsync(parsed, async source =>
        {
            var clusters = await source.ListAsync(ct);
            await OutputFormat.WriteAsync(parsed.GetValue(output), JsonRows.Of(clusters, ApiJsonContext.Default.ApiCluster),
                clusters.Select(cluster => cluster.Name),
                width => clusters.Count == 0 ? "The configuration has no cluster." : TextTable.Of(width,
                    ["NAME", "PLATFORM", "KUBERNETES", "SERVER", "TOKENS", "ACCESS"],
                    clusters.Select(cluster => (IReadOnlyList<string>)
                    [
                        cluster.Name, NameOf(cluster.Platform), cluster.Kubernetes ?? "-", cluster.Server ?? "-", Tokens(cluster),
                        Access(cluster),
                    ])));
            return 0;
        }, ct));
        return command.With("clusters list");
    }

    private static Command Show(IVerbHost host)
    {
        var client = Client();
        var output = OutputFormat.Option();
        var command = new Command("show", "Show one cluster.") { client, output };
        command.SetAction((parsed, ct) => host.WithClustersAsync(parsed, async source =>
        {
            var (name, clusters) = (parsed.GetValue(client)!, await source.ListAsync(ct));
            var cluster = clusters.FirstOrDefault(one => one.Name == name)
                ?? throw new CommandFault(NoCluster(name, clusters.Select(one => one.Name)));

            await OutputFormat.WriteAsync(parsed.GetValue(output), JsonRows.Of(cluster, ApiJsonContext.Default.ApiCluster), [cluster.Name],
                TextLines.Of(
                    ("Name", cluster.Name),
                    ("Title", cluster.Title),
                    ("Description", cluster.Description),
                    ("Labels", Labels(cluster)),
                    ("Platform", NameOf(cluster.Platform)),
                    ("Kubernetes", cluster.Kubernetes ?? "not set: 1.34 or later"),
                    ("Server", cluster.Server ?? "not set: there is no kubeconfig to download"),
                    ("Namespace", cluster.Namespace),
                    ("Algorithm", cluster.SigningAlgorithm),
                    ("Access", Access(cluster)),
                    ("Plugin", NameOf(cluster.Plugin)),
                    ("Prefix for RBAC", cluster.NamePrefix == "" ? null : cluster.NamePrefix),
                    ("Tokens", Tokens(cluster)),
                    ("Revocation", $"refused within {Seconds(cluster.RevocationBoundSeconds)} of the end of a session"),
                    ("Groups", $"left groups are gone within {Seconds(cluster.GroupBoundSeconds)}")));
            return 0;
        }, ct));
        return command.With("clusters show kubernetes");
    }

    private static Command Instructions(IVerbHost host)
    {
        var client = Client();
        var output = OutputFormat.Option();
        var command = new Command("instructions",
            "Print all steps that connect the API server with this issuer, for the platform of the cluster: files, commands, and what the "
            + "platform can't do.") { client, output };
        command.SetAction((parsed, ct) => host.WithClustersAsync(parsed, async source =>
        {
            var name = parsed.GetValue(client)!;
            var guide = await source.InstructionsAsync(name, ct);
            await OutputFormat.WriteAsync(parsed.GetValue(output), JsonRows.Of(guide, ApiJsonContext.Default.ApiClusterInstructions),
                [name], GuideText.Of(guide, name));
            return 0;
        }, ct));
        return command.With("clusters instructions kubernetes");
    }

    private static Command Flags(IVerbHost host)
    {
        var client = Client();
        var command = new Command("flags", "Print the flags for kube-apiserver.") { client };
        command.SetAction((parsed, ct) => host.WithClustersAsync(parsed, async source =>
        {
            await Console.Out.WriteLineAsync(OutsideText.Show(await source.FlagsAsync(parsed.GetValue(client)!, ct), TextKind.Lines));
            return 0;
        }, ct));
        return command.With("clusters flags kubernetes");
    }

    private static Command AuthenticationConfig(IVerbHost host)
    {
        var client = Client();
        var version = new Option<string?>("--api-version") { Description =
            "v1 for Kubernetes 1.34 and later, v1beta1 for 1.30 to 1.33. Default: by the configured version of the cluster." };
        version.AcceptOnlyFromAmong([.. ApiRoot.AuthenticationConfigVersions]);
        var command = new Command("authentication-config",
            "Print the AuthenticationConfiguration for kube-apiserver, which replaces its flags.") { client, version };
        command.SetAction((parsed, ct) => host.WithClustersAsync(parsed, async source =>
        {
            var text = await source.AuthenticationConfigAsync(parsed.GetValue(client)!, parsed.GetValue(version), ct);
            await Console.Out.WriteLineAsync(OutsideText.Show(text, TextKind.Lines));
            return 0;
        }, ct));
        return command.With("clusters authentication-config kubernetes > authentication.yaml");
    }

    private static string? Labels(ApiCluster cluster) =>
        cluster.Labels.Count == 0 ? null : string.Join(", ", cluster.Labels.Select(label => $"{label.Key}={label.Value}"));

    private static string Access(ApiCluster cluster) =>
        cluster.AccessGroups.Count == 0 ? "everybody who can sign in" : string.Join(", ", cluster.AccessGroups);

    private static string Tokens(ApiCluster cluster) =>
        Seconds(cluster.IdTokenLifetimeSeconds) + (cluster.TokenReview ? ", token review" : "");

    private static string Seconds(long seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds} s");

    private static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
