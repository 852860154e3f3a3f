using System.CommandLine;
using System.Globalization;
using KubeIdP.Server.Api;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Clusters.ApiServer;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tls;
using KubeIdP.Server.Tokens;

namespace KubeIdP.Server.Commands;

/// <summary>The clusters of the configuration and what they need, for scripts and for machines without a browser.</summary>
internal static class ClustersCommand
{
    public static Command Create(CommandContext context) =>
        new("clusters", "Show the clusters of the configuration, and what each and its kubectl need to use this issuer.")
        {
            List(context), Show(context), Instructions(context), ClustersKubeconfigCommand.Create(context), Flags(context),
            AuthenticationConfig(context),
            ClustersTokenReviewCommand.Create(context),
        };

    private static Command List(CommandContext context)
    {
        var output = OutputFormat.Option();
        var command = new Command("list", "List the clusters of the configuration, in its order.") { output };
        command.SetAction((parsed, _) => WithSettingsAsync(context, parsed, async services =>
        {
            var clusters = Clusters(services);
            var text = clusters.Count == 0 ? "The configuration has no cluster." : TextTable.Of(
                ["NAME", "PLATFORM", "KUBERNETES", "SERVER", "TOKENS", "ACCESS"],
                clusters.Select(cluster => (IReadOnlyList<string>)
                [
                    cluster.Name, NameOf(cluster.Platform), cluster.Kubernetes ?? "-", cluster.Server ?? "-", Tokens(cluster),
                    Access(cluster),
                ]));
            await OutputFormat.WriteAsync(parsed.GetValue(output), clusters, text);
            return 0;
        }));
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var client = Client();
        var output = OutputFormat.Option();
        var command = new Command("show", "Show one cluster.") { client, output };
        command.SetAction((parsed, _) => WithSettingsAsync(context, parsed, async services =>
        {
            var clusters = Clusters(services);
            if (clusters.FirstOrDefault(one => one.Name == parsed.GetValue(client)) is not { } cluster)
                return await NotFoundAsync(parsed.GetValue(client)!, clusters.Select(one => one.Name));

            await OutputFormat.WriteAsync(parsed.GetValue(output), cluster, TextLines.Of(
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
        }));
        return command;
    }

    private static Command Instructions(CommandContext context)
    {
        var client = Client();
        var output = OutputFormat.Option();
        var command = new Command("instructions",
            "Print all steps that connect the API server with this issuer, for the platform of the cluster: files, commands, and what the "
            + "platform can't do.") { client, output };
        command.SetAction((parsed, _) => WithClusterAsync(context, parsed, parsed.GetValue(client)!, async cluster =>
        {
            var guide = PlatformGuides.For(cluster);
            await OutputFormat.WriteAsync(parsed.GetValue(output), ApiClusterInstructions.Of(guide), GuideText.Of(guide, cluster.ClientId));
            return 0;
        }));
        return command;
    }

    private static Command Flags(CommandContext context)
    {
        var client = Client();
        var command = new Command("flags", "Print the flags for kube-apiserver.") { client };
        command.SetAction((parsed, _) => WithClusterAsync(context, parsed, parsed.GetValue(client)!, cluster =>
            PrintAsync(cluster.RefusalOfFlags(), () => cluster.ApiServerFlags())));
        return command;
    }

    private static Command AuthenticationConfig(CommandContext context)
    {
        var client = Client();
        var version = new Option<string?>("--api-version") { Description =
            "v1 for Kubernetes 1.34 and later, v1beta1 for 1.30 to 1.33. Default: by the configured version of the cluster." };
        version.AcceptOnlyFromAmong([.. ClusterInstructions.ApiVersions]);
        var command = new Command("authentication-config",
            "Print the AuthenticationConfiguration for kube-apiserver, which replaces its flags.") { client, version };
        command.SetAction((parsed, _) => WithClusterAsync(context, parsed, parsed.GetValue(client)!, cluster =>
        {
            var asked = parsed.GetValue(version);
            return PrintAsync(cluster.RefusalOfAuthenticationConfiguration(asked),
                () => cluster.AuthenticationConfiguration(asked ?? cluster.ApiVersion!));
        }));
        return command;
    }

    public static Argument<string> Client() =>
        new("CLIENT") { Description = "The client id of the cluster, as the configuration names it." };

    /// <summary>Runs an action on one cluster of the configuration, or prints which clusters there are.</summary>
    public static Task<int> WithClusterAsync(CommandContext context, ParseResult parsed, string client,
        Func<ClusterInstructions, Task<int>> act) =>
        WithSettingsAsync(context, parsed, services =>
        {
            var clients = services.GetRequiredService<ClientCatalog>();
            return clients.FindCluster(client) is { } found
                ? act(ClusterInstructions.Of(services.GetRequiredService<IssuerUrl>(), found,
                    services.GetRequiredService<OwnAuthority>().ReadPemForIssuer()))
                : NotFoundAsync(client, clients.Clusters.Select(cluster => cluster.Id.Value));
        });

    private static async Task<int> WithSettingsAsync(CommandContext context, ParseResult parsed, Func<IServiceProvider, Task<int>> act)
    {
        if (context.Load(parsed) is not { } settings) return CommandLine.Misused;

        await using var services = ServicesOf(settings);
        return await act(services);
    }

    /// <summary>What commands about clusters need: the configuration, and the server's certificate authority.</summary>
    public static ServiceProvider ServicesOf(Settings settings) => new ServiceCollection()
        .AddSettings(settings)
        .AddSingleton(TimeProvider.System)
        .AddSingleton<LocalAuthority>()
        .AddSingleton<OwnAuthority>()
        .AddSingleton<Kubeconfigs>()
        .BuildServiceProvider();

    private static List<ApiCluster> Clusters(IServiceProvider services) =>
    [
        .. services.GetRequiredService<ClientCatalog>().Clusters.Select(cluster =>
            ApiCluster.Of(cluster, services.GetRequiredService<IssuerUrl>(), services.GetRequiredService<TokenOptions>())),
    ];

    private static async Task<int> NotFoundAsync(string client, IEnumerable<string> clusters)
    {
        await Console.Error.WriteLineAsync(NoCluster(client, clusters));
        return CommandLine.NotDone;
    }

    /// <summary>The message for a name that is no cluster's.</summary>
    public static string NoCluster(string name, IEnumerable<string> clusters) =>
        string.Join(", ", clusters) is { Length: > 0 } names
            ? $"There is no cluster \"{name}\". The clusters are: {names}."
            : $"There is no cluster \"{name}\": the configuration has none.";

    /// <summary>Prints a text, or why there is none.</summary>
    private static async Task<int> PrintAsync(string? refusal, Func<string> text)
    {
        if (refusal is not null)
        {
            await Console.Error.WriteLineAsync(refusal);
            return CommandLine.NotDone;
        }

        await Console.Out.WriteLineAsync(text());
        return 0;
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
