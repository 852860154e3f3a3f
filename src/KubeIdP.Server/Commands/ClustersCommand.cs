using System.CommandLine;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Clusters;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Tls;

namespace KubeIdP.Server.Commands;

/// <summary>The instructions of the home page, for scripts and for machines without a browser.</summary>
internal static class ClustersCommand
{
    public static Command Create(CommandContext context) =>
        new("clusters", "Print what a cluster and its kubectl need to use this issuer.") 
        {
            Kubeconfig(context), Flags(context), AuthenticationConfig(context), ClustersTokenReviewCommand.Create(context),
        };

    private static Command Kubeconfig(CommandContext context)
    {
        var client = Client();
        var shell = new Option<Shell>("--shell") { Description = "bash (default) or powershell.", DefaultValueFactory = _ => Shell.Bash };
        var command = new Command("kubeconfig", "Print the kubectl commands that write the kubeconfig entries.") { client, shell };
        command.SetAction((parsed, _) =>
            PrintAsync(context, parsed, parsed.GetValue(client)!, cluster => cluster.Kubectl(parsed.GetValue(shell))));
        return command;
    }

    private static Command Flags(CommandContext context)
    {
        var client = Client();
        var command = new Command("flags", "Print the flags for kube-apiserver.") { client };
        command.SetAction((parsed, _) => PrintAsync(context, parsed, parsed.GetValue(client)!, cluster => cluster.ApiServerFlags()));
        return command;
    }

    private static Command AuthenticationConfig(CommandContext context)
    {
        var client = Client();
        var version = new Option<string>("--api-version") { Description = "v1 (default), or v1beta1 for Kubernetes 1.30 to 1.33.",
            DefaultValueFactory = _ => "v1" };
        version.AcceptOnlyFromAmong([.. ClusterInstructions.ApiVersions]);
        var command = new Command("authentication-config",
            "Print the AuthenticationConfiguration for kube-apiserver, which replaces its flags.") { client, version };
        command.SetAction((parsed, _) => WithClusterAsync(context, parsed, parsed.GetValue(client)!, async cluster =>
        {
            if (cluster.AsksByWebhook)
            {
                await Console.Error.WriteLineAsync(
                    $"The cluster \"{cluster.ClientId}\" uses token review (clusters.{cluster.ClientId}.tokenReview). With an "
                    + $"AuthenticationConfiguration as well, its API server would accept tokens that the review refuses. Use: clusters "
                    + $"flags {cluster.ClientId}");
                return CommandLine.NotDone;
            }

            await Console.Out.WriteLineAsync(cluster.AuthenticationConfiguration(parsed.GetValue(version)!));
            return 0;
        }));
        return command;
    }

    public static Argument<string> Client() =>
        new("CLIENT") { Description = "The client id of the cluster, as the configuration names it." };

    /// <summary>Runs an action on one cluster of the configuration, or prints which clusters there are.</summary>
    public static async Task<int> WithClusterAsync(CommandContext context, ParseResult parsed, string client,
        Func<ClusterInstructions, Task<int>> act)
    {
        if (context.Load(parsed) is not { } settings) return CommandLine.Misused;

        await using var services = new ServiceCollection()
            .AddSettings(settings)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<LocalAuthority>()
            .AddSingleton<OwnAuthority>()
            .BuildServiceProvider();
        var authority = services.GetRequiredService<OwnAuthority>().ReadPemForIssuer();
        var clusters = ClusterInstructions.All(services.GetRequiredService<IssuerUrl>(), services.GetRequiredService<ClientCatalog>(),
            authority);
        if (clusters.FirstOrDefault(cluster => cluster.ClientId == client) is { } found) return await act(found);

        await Console.Error.WriteLineAsync(
            $"There is no cluster \"{client}\". The clusters are: {string.Join(", ", clusters.Select(cluster => cluster.ClientId))}.");
        return CommandLine.NotDone;
    }

    private static Task<int> PrintAsync(CommandContext context, ParseResult parsed, string client,
        Func<ClusterInstructions, string> text) =>
        WithClusterAsync(context, parsed, client, async cluster =>
        {
            await Console.Out.WriteLineAsync(text(cluster));
            return 0;
        });
}
